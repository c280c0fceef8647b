// The reliability of scores as a picture: what was said of leads against what came, as SVG. No
// script and no font of its own, so that it opens anywhere.

import type { Calibration } from '../../domain/scoring/calibration.ts';

/** One line of dots, with the words for its legend. */
export interface PlotLine {
  readonly name: string;
  readonly colour: string;
  readonly calibration: Calibration;
}

const [SIZE, LEFT, TOP, WIDTH, HEIGHT] = [360, 60, 30, 620, 450] as const;

/** Draws the bins of each line; the area of a dot grows with its leads. */
export function reliabilityPlot(title: string, lines: readonly PlotLine[]): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      'font-family="sans-serif" font-size="12">',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text([LEFT, 20], title),
    `<rect x="${LEFT}" y="${TOP}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>`,
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#999" stroke-dasharray="4"/>`,
    ...ticks.flatMap((at) => [
      text([x(at), TOP + SIZE + 16], `${100 * at}`, 'middle'),
      text([LEFT - 8, y(at) + 4], `${100 * at} %`, 'end'),
    ]),
    text([x(0.5), TOP + SIZE + 36], 'the chance that was said, in percent', 'middle'),
    text([LEFT, TOP + SIZE + 54], 'dots: what came; the dashed line: exactly as said'),
    ...lines.flatMap(drawLine),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function drawLine({ name, colour, calibration }: PlotLine, index: number): string[] {
  const dots = calibration.bins.flatMap(({ said, came, leads }) =>
    said === null || came === null ? [] : [{ said, came, leads }],
  );
  const path = dots.map(({ said, came }, at) => `${at === 0 ? 'M' : 'L'}${x(said)} ${y(came)}`);
  const legend = TOP + 20 + 40 * index;
  const right = LEFT + SIZE + 20;
  return [
    `<path d="${path.join('')}" fill="none" stroke="${colour}"/>`,
    ...dots.map(({ said, came, leads }) => {
      const radius = (2 + 10 * Math.sqrt(leads / calibration.leads)).toFixed(1);
      const place = `cx="${x(said)}" cy="${y(came)}" r="${radius}"`;
      return `<circle ${place} fill="${colour}" opacity="0.6"/>`;
    }),
    `<circle cx="${right + 5}" cy="${legend - 4}" r="5" fill="${colour}"/>`,
    text([right + 16, legend], name),
    text([right + 16, legend + 15], `Brier ${calibration.brier.toFixed(4)}`),
  ];
}

type Place = readonly [x: number | string, y: number];

const x = (part: number): string => (LEFT + SIZE * part).toFixed(1);
const y = (part: number): number => Number((TOP + SIZE * (1 - part)).toFixed(1));

function text([at, baseline]: Place, words: string, anchor = 'start'): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${at}" y="${baseline}" text-anchor="${anchor}">${safe}</text>`;
}
