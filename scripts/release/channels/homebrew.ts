/** The formula of Homebrew, for macOS and Linux. */
import { type ReleaseManifest, smallestOf } from "../manifest.ts";
import { addressOf, HOMEPAGE, LICENSE, SUMMARY } from "./about.ts";

const SYSTEMS = { macos: "apple-darwin", linux: "unknown-linux-gnu" };
const PROCESSORS = { arm: "aarch64", intel: "x86_64" };

/** `Formula/insforge.rb` of a tap. */
export function formula({ version, targets }: ReleaseManifest): string {
  const blocks = Object.entries(SYSTEMS).flatMap(([system, suffix]) => {
    const choices = Object.entries(PROCESSORS).flatMap(([processor, prefix]) => {
      const release = targets[`${prefix}-${suffix}`];
      if (!release) return [];
      const archive = smallestOf(release);
      return [
        `    on_${processor} do`,
        `      url "${addressOf(version, archive.name)}"`,
        `      sha256 "${archive.sha256}"`,
        "    end",
      ];
    });
    return choices.length > 0 ? ["", `  on_${system} do`, ...choices, "  end"] : [];
  });
  return [
    "class Insforge < Formula",
    `  desc "${SUMMARY.replace(/^The c/, "C")}"`,
    `  homepage "${HOMEPAGE}"`,
    `  version "${version}"`,
    `  license "${LICENSE}"`,
    ...blocks,
    "",
    "  def install",
    '    bin.install "insforge"',
    '    generate_completions_from_executable(bin/"insforge", "completions")',
    "  end",
    "",
    "  test do",
    '    assert_equal version.to_s, shell_output("#{bin}/insforge --version").strip',
    "  end",
    "end",
    "",
  ].join("\n");
}
