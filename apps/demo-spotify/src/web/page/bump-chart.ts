import type { BumpChart } from '../../stats/index.ts'
import { axes, draw } from './charts.ts'
import { fillTable, find } from './elements.ts'

const HEIGHT = 10
const NARROW_PX = 600
// A phone has room for half of the year's names and lines.
const NARROW_MONTHS = 5

/** The courses of the ten best: one line each, the best on top, with its name at the end. */
export const drawBumpChart = async ({ months, lines }: BumpChart): Promise<void> => {
  const rows = lines.map(({ name, artists, ranks }) => [name === artists ? name : `${name} - ${artists}`, ...ranks])
  fillTable(find('bump-table'), ['', ...months], rows)
  await draw('bump', (colours) => {
    const isNarrow = find('bump').clientWidth < NARROW_PX
    const shown = isNarrow ? NARROW_MONTHS : months.length
    const courses = lines.filter(({ ranks }) => ranks.slice(-shown).some((rank) => rank !== null))
    return {
      grid: { left: 30, right: isNarrow ? 110 : 210, top: 10, bottom: 30 },
      xAxis: {
        type: 'category',
        data: months.slice(-shown),
        boundaryGap: false,
        ...axes(colours),
        splitLine: { show: false },
      },
      yAxis: { type: 'value', inverse: true, min: 1, max: HEIGHT, interval: 1, ...axes(colours) },
      series: courses.map(({ name, ranks }) => ({
        type: 'line' as const,
        name,
        data: ranks.slice(-shown),
        connectNulls: false,
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { width: 3 },
        emphasis: { focus: 'series' as const },
        endLabel: {
          show: ranks.at(-1) !== null,
          formatter: '{a}',
          color: colours.ink,
          width: isNarrow ? 95 : 195,
          overflow: 'truncate' as const,
        },
      })),
      tooltip: {
        trigger: 'item',
        formatter: '{a}<br>{b}: rank {c}',
        backgroundColor: colours.card,
        textStyle: { color: colours.ink },
      },
    }
  })
}
