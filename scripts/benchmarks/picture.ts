/** Draws medians as bars, in colours for light and for dark pages. */
import { escapeHtml } from "../../src/core/html.ts";
import type { Medians } from "./starts.ts";

const ROW = 26;
const BAR = 16;
const LABELS = 270;
const BARS = 440;
const VALUES = 80;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .label { text-anchor: end; }
  .own { fill: #0f8a5f; }
  .other { fill: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .own { fill: #3fd29b; }
    .other { fill: #57606a; }
  }`;

/** An SVG of a bar each, shortest first, whose lengths compare; ours stand out by their colour. */
export function barChart(title: string, medians: Medians): string {
  const rows = Object.entries(medians).toSorted(([, a], [, b]) => a - b);
  const longest = Math.max(...rows.map(([, ms]) => ms));
  const width = LABELS + BARS + VALUES;
  const bars = rows.map(([name, ms], index) => {
    const y = index * ROW;
    const length = Math.max(1, ms / longest * BARS).toFixed(1);
    const kind = name.startsWith("insforge ") ? "own" : "other";
    return `  <text class="label" x="${LABELS - 10}" y="${y + 17}">${escapeHtml(name)}</text>
  <rect class="${kind}" x="${LABELS}" y="${y + 5}" width="${length}" height="${BAR}" rx="2"/>
  <text x="${LABELS + Number(length) + 8}" y="${y + 17}">${ms.toFixed(0)} ms</text>
`;
  });
  const size = `width="${width}" height="${rows.length * ROW}"`;
  const box = `viewBox="0 0 ${width} ${rows.length * ROW}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${box} role="img">
  <title>${escapeHtml(title)}</title>
  <style>${STYLE}
  </style>
${bars.join("")}</svg>
`;
}
