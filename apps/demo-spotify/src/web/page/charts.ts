import type * as Echarts from 'echarts'
import { find } from './elements.ts'

/** ECharts in the colours of the page; loaded after the text is there. */

const ECHARTS_PATH = '/vendor/echarts.js'
let loading: Promise<typeof Echarts> | undefined

const load = (): Promise<typeof Echarts> => {
  loading ??= import(ECHARTS_PATH) as Promise<typeof Echarts>
  return loading
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

export interface Colours {
  readonly ink: string
  readonly soft: string
  readonly line: string
  readonly accent: string
  readonly bad: string
  readonly card: string
}

const colours = (): Colours => ({
  ink: colour('ink'),
  soft: colour('soft'),
  line: colour('line'),
  accent: colour('accent'),
  bad: colour('bad'),
  card: colour('card'),
})

const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

const drawn = new Map<string, () => void>()

/** Draws a chart into an element, again when the colours of the system change, and fits it to its size. */
export const draw = async (id: string, option: (colours: Colours) => Echarts.EChartsOption): Promise<void> => {
  const echarts = await load()
  const element = find(id)
  const show = (): void => {
    const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: 'svg' })
    const palette = colours()
    chart.setOption(
      {
        animation: !isStill(),
        textStyle: { color: palette.ink, fontFamily: 'system-ui, sans-serif' },
        tooltip: { trigger: 'item', backgroundColor: palette.card, textStyle: { color: palette.ink } },
        ...option(palette),
      },
      true,
    )
  }
  if (!drawn.has(id)) {
    let widthPx = element.clientWidth
    new ResizeObserver(() => {
      if (element.clientWidth === widthPx) return
      widthPx = element.clientWidth
      echarts.getInstanceByDom(element)?.resize()
      // A narrow chart shows less than a wide one.
      drawn.get(id)?.()
    }).observe(element)
  }
  drawn.set(id, show)
  show()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const show of drawn.values()) show()
})

export const axes = ({ soft, line }: Colours) => ({
  axisLabel: { color: soft },
  axisLine: { lineStyle: { color: line } },
  splitLine: { lineStyle: { color: line } },
})
