/* global document, location, matchMedia, ResizeObserver, setTimeout, uPlot */
// Charts are drawn over the tables that the pages carry anyway, and a running day refreshes itself.
'use strict'

const dark = matchMedia('(prefers-color-scheme: dark)').matches
const colours = dark ? ['#6fd3b5', '#8fb8ff', '#ffb95e', '#ff9aa2'] : ['#0b5c4a', '#2457a6', '#8a4b00', '#a3212f']
const ink = dark ? '#e8efec' : '#1c2421'
const line = dark ? '#35413b' : '#d5ddd8'

for (const place of document.querySelectorAll('[data-chart]')) {
  const { labels, series, isTime } = JSON.parse(place.dataset.chart)
  const bars = uPlot.paths.bars({ size: [0.8, 60] })
  // Stacked: each series is drawn as the sum of itself and those after it.
  const sums = series.map((_, index) =>
    labels.map((__, at) => series.slice(index).reduce((sum, one) => sum + one.values[at], 0)),
  )
  const axis = { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } }
  const options = {
    width: place.clientWidth,
    height: 260,
    scales: { x: { time: isTime === true }, y: { range: (_, __, max) => [0, Math.max(5, max * 1.1)] } },
    axes: [axis, { ...axis, size: 50 }],
    series: [
      {},
      ...series.map((one, index) => ({
        label: one.name,
        stroke: colours[index],
        fill: colours[index],
        paths: bars,
        points: { show: false },
        value: (_, __, ___, at) => (at === null ? '' : String(one.values[at])),
      })),
    ],
  }
  const chart = new uPlot(options, [labels, ...sums], place)
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: 260 })).observe(place)
}

const running = document.querySelector('[data-refresh]')
if (running !== null) setTimeout(() => location.reload(), Number(running.dataset.refresh))
