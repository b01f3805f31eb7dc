// Pictures of growth as SVG: lines over two logarithmic axes, readable on light and on dark ground.

/** About as far from white as from black. */
const INK = '#787d85';
const COLOURS = ['#2f81d6', '#d9601a', '#2f9e58', '#a06be0'];
const [WIDTH, HEIGHT] = [760, 440];
const BOX = { left: 84, right: 48, top: 54, bottom: 62 };

/**
 * @typedef {{ name: string, points: [x: number, y: number][] }} Line
 * @param {{ title: string, x: string, y: string, lines: Line[], ticks: number[], formatX: (x: number) => string, formatY: (y: number) => string,
 *   guide?: string, rangeY?: number[] }} picture `guide` names a dashed line that grows as x does, for the eye; `rangeY` is at least shown
 */
export function plot({ title, x, y, lines, ticks, formatX, formatY, guide, rangeY = [] }) {
  const points = lines.flatMap((line) => line.points);
  const axisX = axis(
    points.map(([value]) => value),
    BOX.left,
    WIDTH - BOX.right,
    ticks,
  );
  const axisY = axis([...points.map(([, value]) => value), ...rangeY], HEIGHT - BOX.bottom, BOX.top);
  const [right, bottom] = [WIDTH - BOX.right, HEIGHT - BOX.bottom];
  const body = [
    text(BOX.left, 24, title, 'start', 'font-weight="600" font-size="16"'),
    ...axisX.ticks.flatMap((at) => [
      line(
        [
          [axisX.at(at), BOX.top],
          [axisX.at(at), bottom],
        ],
        GRID,
      ),
      text(axisX.at(at), bottom + 20, formatX(at)),
    ]),
    ...axisY.ticks.flatMap((at) => [
      line(
        [
          [BOX.left, axisY.at(at)],
          [right, axisY.at(at)],
        ],
        GRID,
      ),
      text(BOX.left - 8, axisY.at(at) + 4, formatY(at), 'end'),
    ]),
    line(
      [
        [BOX.left, BOX.top],
        [BOX.left, bottom],
        [right, bottom],
      ],
      `stroke="${INK}"`,
    ),
    text((BOX.left + right) / 2, HEIGHT - 16, x),
    text(20, (BOX.top + bottom) / 2, y, 'middle', `transform="rotate(-90 20 ${(BOX.top + bottom) / 2})"`),
  ];
  if (guide) body.push(guideLine(axisX, axisY, lines));
  for (const [place, { points }] of lines.entries()) {
    const colour = COLOURS[place % COLOURS.length];
    const drawn = points.map(([valueX, valueY]) => [axisX.at(valueX), axisY.at(valueY)]);
    body.push(line(drawn, `stroke="${colour}" stroke-width="2.2"`));
    body.push(...drawn.map(([atX, atY]) => `<circle cx="${n(atX)}" cy="${n(atY)}" r="3.4" fill="${colour}"/>`));
  }
  body.push(...legend(lines, guide));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}" role="img" aria-label="${escaped(title)}">\n${body.join('\n')}\n</svg>\n`;
}

const GRID = `stroke="${INK}" stroke-opacity="0.25"`;

/** A logarithmic axis over values with some room at both ends. By default it has a tick at each power of ten, or more where those are few. */
function axis(values, from, to, ticks) {
  const room = ticks === undefined ? 1.6 : 1.15;
  const [least, most] = [Math.min(...values) / room, Math.max(...values) * room];
  const share = (value) => Math.log(value / least) / Math.log(most / least);
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const at = (steps) =>
    Array.from({ length: last - first + 1 }, (_, place) => steps.map((step) => step * 10 ** (first + place)))
      .flat()
      .filter((value) => value >= least && value <= most);
  const few = at([1]).length < 3;
  return { ticks: ticks ?? at(few ? [1, 2, 5] : [1]), at: (value) => from + share(value) * (to - from) };
}

/** A line of slope one through the last point of the first line, as far as it stays inside. */
function guideLine(axisX, axisY, [{ points }]) {
  const [lastX, lastY] = points.at(-1);
  const [bottom] = axisY.ticks;
  const firstX = Math.max(points[0][0], (lastX * bottom) / lastY);
  const ends = [firstX, lastX].map((x) => [axisX.at(x), axisY.at((lastY * x) / lastX)]);
  return line(ends, `stroke="${INK}" stroke-width="1.4" stroke-dasharray="5 5"`);
}

function legend(lines, guide) {
  const entries = lines.map(({ name }, place) => [
    name,
    `stroke="${COLOURS[place % COLOURS.length]}" stroke-width="3"`,
  ]);
  if (guide) entries.push([guide, `stroke="${INK}" stroke-width="1.4" stroke-dasharray="5 5"`]);
  let at = BOX.left;
  return entries.flatMap(([name, style]) => {
    const begin = at;
    // About how wide the letters are.
    at += 48 + name.length * 6.6;
    const sample = line(
      [
        [begin, 41],
        [begin + 22, 41],
      ],
      style,
    );
    return [sample, text(begin + 28, 45, name, 'start', 'font-size="12"')];
  });
}

const line = (points, style) =>
  `<polyline points="${points.map((point) => point.map(n).join(',')).join(' ')}" fill="none" ${style}/>`;

const text = (x, y, words, anchor = 'middle', more = '') =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" ${more}>${escaped(words)}</text>`;

const n = (number) => Number(number.toFixed(1));

const escaped = (words) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
