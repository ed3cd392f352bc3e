/**
 * What packages leave beside the executable, so that `insforge upgrade` leaves it to them: see
 * src/releases/owner.ts, which reads it.
 */
import { RELEASES } from "../../../src/releases/manifest.ts";
import type { Owner } from "../../../src/releases/owner.ts";

const LATEST = `${RELEASES}/latest/download`;

/** By channel; the name of a file of Linux's packages is the same in every release. */
export const OWNERS = {
  aur: { name: "the AUR", upgrade: "yay -S insforge-bin" },
  deb: (file: string) => ({
    name: "apt",
    upgrade: `curl -fsSLO ${LATEST}/${file} && sudo apt-get install ./${file}`,
  }),
  rpm: (file: string) => ({ name: "rpm", upgrade: `sudo dnf install ${LATEST}/${file}` }),
};

/** The text of `insforge.owner.json`. */
export function ownerText(owner: Owner): string {
  return JSON.stringify(owner);
}
