import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js';

// Only what our plots are made of; this file is loaded when the first of them is shown.
Chart.register(BarController, BarElement, LineController, LineElement, PointElement, CategoryScale, LinearScale, Tooltip);

export interface Series {
  key: string;
  label: string;
  /** Null: nothing to say of that day; a line has a gap there. */
  values: readonly (number | null)[];
}

export interface Plot {
  kind: 'bars' | 'line';
  days: readonly string[];
  series: readonly Series[];
  /** How a value is written on the axis and when pointed at. */
  write: (value: number) => string;
  /** The end of the axis, where it has one. */
  most?: number;
  /** The last day is not over: the line to it is dashed. */
  unfinished: boolean;
}

/** As the style sheet has them now. */
export interface Colours {
  ink: string;
  line: string;
  surface: string;
  series: readonly string[];
}

export type Drawn = Chart<'bar' | 'line', (number | null)[], string>;

export function draw(canvas: HTMLCanvasElement, plot: Plot, colours: Colours): Drawn {
  return new Chart(canvas, configuration(plot, colours));
}

export function redraw(chart: Drawn, plot: Plot, colours: Colours): void {
  const { data, options } = configuration(plot, colours);
  chart.data = data;
  chart.options = options ?? {};
  chart.update('none');
}

function configuration(plot: Plot, colours: Colours): ChartConfiguration<'bar' | 'line', (number | null)[], string> {
  const bars = plot.kind === 'bars';
  const ticks = { color: colours.ink };
  const last = plot.days.length - 1;
  return {
    type: bars ? 'bar' : 'line',
    data: {
      labels: [...plot.days],
      datasets: plot.series.map((series, i) => {
        const colour = colours.series[i] ?? colours.ink;
        const common = { label: series.label, data: [...series.values], backgroundColor: colour };
        return bars
          ? { ...common, stack: 'all', maxBarThickness: 36, borderRadius: 2, borderColor: colours.surface, borderWidth: { top: 1 } }
          : {
              ...common,
              borderColor: colour,
              borderWidth: 2,
              pointRadius: plot.days.length > 45 ? 1.5 : 3,
              pointHoverRadius: 5,
              cubicInterpolationMode: 'monotone' as const, // a curve that goes beyond 100 % or below 0 would lie
              clip: 8,
              segment: { borderDash: ({ p1DataIndex }: { p1DataIndex: number }) => (plot.unfinished && p1DataIndex === last ? [4, 4] : undefined) },
            };
      }),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      plugins: {
        tooltip: {
          backgroundColor: colours.surface,
          titleColor: colours.ink,
          bodyColor: colours.ink,
          borderColor: colours.line,
          borderWidth: 1,
          padding: 10,
          boxPadding: 4,
          callbacks: { label: (item) => ` ${item.dataset.label ?? ''}: ${item.parsed.y === null ? '–' : plot.write(item.parsed.y)}` },
        },
      },
      scales: {
        x: { stacked: bars, grid: { display: false }, border: { color: colours.line }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 16 } },
        y: {
          stacked: bars,
          beginAtZero: true,
          ...(plot.most === undefined ? {} : { max: plot.most }),
          grid: { color: colours.line },
          border: { display: false },
          ticks: { ...ticks, precision: 0, maxTicksLimit: 6, callback: (value) => plot.write(Number(value)) },
        },
      },
    },
  };
}
