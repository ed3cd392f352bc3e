/** Fonts of Google's, which templates of Next.js ask for when they are built. */

const FAMILIES = [
  "Geist:wght@100..900",
  "Geist+Mono:wght@100..900",
  "Manrope:wght@200..800",
  "Cormorant+Garamond:wght@500;600;700",
];

/**
 * A module that answers for fonts.googleapis.com while Next.js builds an app, with the fonts of the
 * system: what `NEXT_FONT_GOOGLE_MOCKED_RESPONSES` names.
 */
export function fontsModule(): string {
  const answers = FAMILIES.map((family) => {
    const name = family.slice(0, family.indexOf(":")).replaceAll("+", " ");
    return [
      `https://fonts.googleapis.com/css2?family=${family}&display=swap`,
      `@font-face { font-family: '${name}'; font-style: normal; src: local('sans-serif'); }`,
    ];
  });
  return `module.exports = ${JSON.stringify(Object.fromEntries(answers))};\n`;
}
