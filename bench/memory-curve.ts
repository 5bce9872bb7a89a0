/** Resident memory at a moment. */
export interface Sample {
  readonly seconds: number;
  readonly residentMb: number;
}

const WIDTH = 900; // fits a page of documentation
const HEIGHT = 320; // leaves the curve's shape to be seen
const MARGIN = 50; // room for labels

/** The samples as an SVG curve, with the limit as a line. */
export function curve(samples: readonly Sample[], limitMb: number): string {
  const longest = Math.max(1, ...samples.map(({ seconds }) => seconds));
  const highest = Math.max(limitMb, ...samples.map(({ residentMb }) => residentMb)) * 1.05;
  const x = (seconds: number) => (MARGIN + (seconds / longest) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const y = (mb: number) => (HEIGHT - MARGIN - (mb / highest) * (HEIGHT - 2 * MARGIN)).toFixed(1);
  const points = samples.map(({ seconds, residentMb }) => `${x(seconds)},${y(residentMb)}`).join(' ');
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const minutes = Math.round((longest * part) / 60);
    return `<text x="${x(longest * part)}" y="${HEIGHT - MARGIN + 20}" text-anchor="middle">${minutes} min</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(longest)}" y2="${y(0)}" stroke="black"/>
<line x1="${x(0)}" y1="${y(limitMb)}" x2="${x(longest)}" y2="${y(limitMb)}" stroke="firebrick" stroke-dasharray="6 4"/>
<text x="${x(0)}" y="${Number(y(limitMb)) - 6}" fill="firebrick">limit ${limitMb} MB</text>
<polyline points="${points}" fill="none" stroke="steelblue" stroke-width="1.5"/>
${ticks.join('\n')}
</svg>
`;
}
