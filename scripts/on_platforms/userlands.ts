/**
 * The executable in other Linux systems on this machine: older ones, smaller ones, and ones that
 * lack what a program may take for granted.
 */
import { writeChannels } from "../release/channels/channels.ts";
import { startBackend } from "./backend.ts";
import { debianRoot, must, need, type Platform, type Result, ROOT, STORE } from "./platform.ts";

const platform: Platform = {
  name: "Linux userlands",
  runs: "the executable",
  command: (args, { env }) => ({ program: `${ROOT}/dist/insforge`, args, env }),
  path: (folder) => folder,
};

/** The libraries that docs/install.md adds to Alpine. */
const GLIBC = ["libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0"]
  .concat("libresolv.so.2", "librt.so.1");

/** A check: a script for `sh -eu` in a mount namespace of its own, and what it has to say. */
interface Check {
  readonly name: string;
  readonly script: string;
  readonly says: RegExp;
  readonly code?: number;
}

/** All of them. */
export async function run() {
  await need(["mmdebstrap", "unshare", "chroot", "readelf", "setpriv"], { root: true });
  await need(["dpkg-deb", "rpm", "rpmbuild", "lintian", "rpmlint"]);
  await using backend = await startBackend();
  const stable = await debianRoot("stable", "bookworm", ["--variant=essential"]);
  const oldstable = await debianRoot("oldstable", "bullseye", ["--variant=essential"]);
  const musl = await debianRoot("musl", "bookworm", [
    "--variant=extract",
    "--include=musl,busybox-static",
  ]);
  const env = "env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root " +
    `INSFORGE_BASE_URL=${backend.url} ` +
    `INSFORGE_API_KEY=${backend.apiKey} NO_PROXY=127.0.0.1`;
  const inside = (root: string, { proc = true } = {}) =>
    `mkdir -p ${root}/proc ${root}/dev ${root}/tmp && touch ${root}/insforge && ` +
    `mount --bind ${ROOT}/dist/insforge ${root}/insforge && mount --rbind /dev ${root}/dev && ` +
    (proc ? `mount -t proc proc ${root}/proc && ` : "") +
    `${env} chroot ${root}`;
  const query = `/insforge db query "SELECT 40 + 2 AS n" --json`;
  await must("sh", [`${ROOT}/scripts/build`, "--target", "x86_64-unknown-linux-gnu"]);
  const release = `${STORE}/release`;
  await must("cp", ["-a", "--no-target-directory", `${ROOT}/dist/release`, release]);
  await writeChannels(release);
  const deb = `${release}/insforge_amd64.deb`;
  const checks: Check[] = [
    {
      name: "the .deb, by Debian's linter",
      script: `lintian --allow-root --fail-on=error,warning ${deb} && echo passed`,
      says: /passed/,
    },
    {
      name: "the .rpm, by rpmlint",
      // It is signed with SHA256SUMS; what it needs, and what changed, releases say themselves.
      script: `rpmlint ${release}/insforge.x86_64.rpm | grep ": E: " |
        grep -v -e no-signature -e no-changelogname-tag \\
          -e explicit-lib-dependency || echo passed`,
      says: /^passed/,
    },
    {
      name: "the .deb, installed and removed",
      script: `cp ${deb} ${stable}/insforge.deb; ${inside(stable)} sh -euc 'dpkg -i /insforge.deb
        insforge --version; ${query.replace("/insforge", "insforge")}; insforge upgrade || true
        dpkg -r insforge; test ! -e /usr/bin/insforge; test ! -e /usr/lib/insforge; echo gone'`,
      says:
        /^\d+\.\d+\.\d+\n[^]*"n": 42[^]*gone\n[^]*sudo apt-get install \.\/insforge_amd64\.deb/m,
    },
    {
      // What it depends on has other names in Debian's list of packages, which rpm does not read.
      name: "the .rpm, installed and removed",
      script: `rpm="rpm --root ${stable} --force-debian --nodeps --nosignature"
        $rpm --install ${release}/insforge.x86_64.rpm
        (${inside(stable)} sh -euc 'insforge --version; insforge upgrade || true')
        $rpm --erase insforge; test ! -e ${stable}/usr/lib/insforge; echo gone`,
      says: /^\d+\.\d+\.\d+\n[^]*gone\n[^]*sudo dnf install \S+\/insforge\.x86_64\.rpm/m,
    },
    ...[["Debian 12", stable], ["Debian 11, without CA certificates", oldstable]].map((
      [name, root],
    ) => ({
      name: name!,
      script: `${inside(root!)} sh -euc '/insforge --version; cd /tmp; ${query}
        env -u INSFORGE_BASE_URL -u INSFORGE_API_KEY sh -euc "/insforge local start --port 0
          /insforge db query \\"SELECT 1 AS one\\"; /insforge local stop"'`,
      says: /^\d+\.\d+\.\d+\n[^]*"n": 42[^]*one/,
    })),
    {
      name: "musl and busybox",
      script: `${inside(musl)} /bin/busybox sh -c '/bin/busybox --install -s /bin; sh /install.sh'`,
      says: /needs glibc 2\.27 or newer, and this system has musl: take an image of Debian/,
      code: 1,
    },
    {
      name: "musl and busybox, with the glibc of docs/install.md",
      script: `mount -t tmpfs none /mnt && mkdir -p /mnt/lib64 /mnt/lib/x86_64-linux-gnu &&
        cp -a ${musl}/. /mnt/ && cp ${stable}/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 /mnt/lib64/ &&
        for lib in ${GLIBC.join(" ")}; do
          cp ${stable}/lib/x86_64-linux-gnu/$lib /mnt/lib/x86_64-linux-gnu/; done &&
        ${inside("/mnt")} ${query}`,
      says: /"n": 42/,
    },
    {
      name: "no HOME",
      script: `env -i ${ROOT}/dist/insforge whoami`,
      says: /^Error: .*\n/,
      code: 2,
    },
    {
      name: "a root that is read-only",
      script: `mount --bind ${stable} /mnt && touch /mnt/insforge && mkdir -p /mnt/proc &&
        mount --bind ${ROOT}/dist/insforge /mnt/insforge && mount -t proc proc /mnt/proc &&
        mount -o remount,ro,bind /mnt && ${env} chroot /mnt ${query}`,
      says: /"n": 42/,
    },
    {
      name: "no terminal, and a session of its own",
      script: `${env} setsid ${ROOT}/dist${query} </dev/null`,
      says: /"n": 42/,
    },
    {
      name: "a temporary folder that runs no programs",
      script:
        `mount -t tmpfs -o noexec none /tmp && cd /tmp && ${env} TMPDIR=/tmp ${ROOT}/dist${query}`,
      says: /"n": 42/,
    },
    {
      name: "another user, whose home is not his",
      script: `mount -t tmpfs none /mnt &&
        cp ${ROOT}/dist/insforge /mnt/insforge && chmod 755 /mnt && cd / && ${env} HOME=/root ` +
        `setpriv --reuid=65534 --regid=65534 --clear-groups /mnt${query}`,
      says: /"n": 42/,
    },
    {
      // The runtime looks at it before any of our code runs.
      name: "no /proc (known to fail)",
      script: `${inside(stable, { proc: false })} /insforge --version || echo "it fails"`,
      says: /it fails/,
    },
  ];
  await Deno.copyFile(`${release}/install.sh`, `${musl}/install.sh`);
  const results: Result[] = [{ name: "glibc 2.27 symbols", failure: await newerSymbol() }];
  for (const check of checks) results.push(await tryOut(check));
  return { platform, results };
}

async function tryOut({ name, script, says, code = 0 }: Check): Promise<Result> {
  const output = await new Deno.Command("unshare", {
    args: ["-m", "--propagation", "private", "sh", "-euc", script],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(output.stdout) + decoder.decode(output.stderr);
  if (output.code === code && says.test(text)) return { name };
  const failure = `exit code ${output.code}, expected ${code}\n${text}`;
  console.error(`✗ ${name}\n${failure}`);
  return { name, failure };
}

/** A symbol of glibc that is newer than what is promised, if there is one. */
async function newerSymbol(): Promise<string | undefined> {
  const { stdout } = await new Deno.Command("readelf", {
    args: ["--version-info", "--wide", `${ROOT}/dist/insforge`],
  }).output();
  const versions = [...new TextDecoder().decode(stdout).matchAll(/GLIBC_2\.(\d+)/g)]
    .map(([, minor]) => Number(minor));
  const newest = Math.max(...versions);
  return newest <= 27 ? undefined : `needs GLIBC_2.${newest}`;
}
