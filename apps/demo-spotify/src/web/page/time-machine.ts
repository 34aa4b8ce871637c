import type { Stories, Story } from '../../stats/index.ts'
import type { ItemView, MonthView, TimeMachineView } from '../views.ts'
import { ask, say } from './ask.ts'
import { drawBumpChart } from './bump-chart.ts'
import { fillCalendar } from './calendar.ts'
import { axes, draw } from './charts.ts'
import { find, make } from './elements.ts'

const list = find('list', HTMLSelectElement)
const slider = find('slider', HTMLInputElement)

let months: readonly string[] = []
let calendar: readonly MonthView[] = []
let asked = 0

const coverOf = ({ rank, name, artists, imageUrl, href }: ItemView): HTMLElement => {
  const picture =
    imageUrl === null
      ? make('span', { class: 'blank' })
      : make('img', { src: imageUrl, alt: '', loading: 'lazy', width: '150', height: '150' })
  const words = [make('span', { class: 'rank' }, `${rank}. `), make('strong', {}, name)]
  const who = name === artists ? [] : [make('small', {}, artists)]
  return make('li', {}, make('a', { href, rel: 'noreferrer' }, picture, ...words, ...who))
}

const STORIES = [
  ['newEntries', 'New'],
  ['comebacks', 'Back again'],
  ['streaks', 'Streaks'],
  ['oneMonthWonders', 'One-month wonders'],
] as const

const storyLine = ({ name, artists, detail }: Story): HTMLElement =>
  make('li', {}, make('strong', {}, name), name === artists ? '' : ` - ${artists}`, ' ', make('small', {}, detail))

const showStories = (stories: Stories | null): void => {
  const ratio = stories?.overlapRatio
  find('overlap').textContent =
    ratio === undefined
      ? 'There is no month before to compare with.'
      : `${Math.round(100 * ratio)} % of the list was there in the month before.`
  const cards = STORIES.flatMap(([key, title]) => {
    const told = stories?.[key] ?? []
    const lines =
      told.length === 0
        ? [make('p', {}, make('small', {}, 'None in this month.'))]
        : [make('ul', {}, ...told.map(storyLine))]
    return [make('div', { class: 'card' }, make('h3', {}, title), ...lines)]
  })
  find('stories').replaceChildren(...cards)
}

const drawNovelty = (novelty: TimeMachineView['novelty'], current: string | null): Promise<void> =>
  draw('novelty', (colours) => ({
    grid: { left: 45, right: 15, top: 15, bottom: 30 },
    xAxis: { type: 'category', data: novelty.map(({ month }) => month), ...axes(colours), splitLine: { show: false } },
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      ...axes(colours),
      axisLabel: { color: colours.soft, formatter: (value: number) => `${Math.round(value * 100)} %` },
    },
    series: [
      {
        type: 'line',
        name: 'new',
        data: novelty.map(({ ratio }) => ratio),
        color: colours.accent,
        areaStyle: { opacity: 0.2 },
        markLine: current === null ? {} : { symbol: 'none', label: { show: false }, data: [{ xAxis: current }] },
      },
    ],
  }))

const show = async (month: string | undefined): Promise<void> => {
  asked += 1
  const mine = asked
  const query = new URLSearchParams({ list: list.value, ...(month === undefined ? {} : { month }) })
  const view = await ask<TimeMachineView>(`/api/time-machine?${query.toString()}`)
  // The slider moves faster than answers come.
  if (mine !== asked) return
  ;({ months } = view)
  slider.max = String(Math.max(0, months.length - 1))
  const at = view.month === null ? 0 : months.indexOf(view.month)
  slider.value = String(at)
  slider.setAttribute('aria-valuetext', view.month ?? 'none')
  find('month').textContent = view.month ?? 'none yet'
  find('earlier', HTMLButtonElement).disabled = at <= 0
  find('later', HTMLButtonElement).disabled = at >= months.length - 1
  if (view.month === null) say('There is no snapshot yet. Take one on the status page.')
  find('covers').replaceChildren(...view.items.map(coverOf))
  showStories(view.stories)
  fillCalendar(calendar, view.month, (chosen) => void choose(chosen))
  await Promise.all([drawBumpChart(view.bump), drawNovelty(view.novelty, view.month)])
}

const choose = async (month: string): Promise<void> => {
  // A month without this list stays to be read in the calendar.
  if (months.includes(month)) await show(month)
}

const step = (by: number): void => {
  const month = months[Number(slider.value) + by]
  if (month !== undefined) void show(month)
}

const all = find('all')
all.addEventListener('click', () => {
  const isOpen = find('covers').classList.toggle('open')
  all.setAttribute('aria-expanded', String(isOpen))
  all.textContent = isOpen ? 'Show the first twelve' : 'Show the whole list'
})
list.addEventListener('change', () => void show(months[Number(slider.value)]))
slider.addEventListener('input', () => void show(months[Number(slider.value)]))
find('earlier').addEventListener('click', () => step(-1))
find('later').addEventListener('click', () => step(1))

calendar = await ask<readonly MonthView[]>('/api/months')
await show(undefined)
const hours = await ask<readonly number[]>('/api/listening-clock')
await draw('clock', (colours) => ({
  grid: { left: 45, right: 15, top: 15, bottom: 30 },
  xAxis: {
    type: 'category',
    data: hours.map((_heard, hour) => `${hour}:00`),
    ...axes(colours),
    splitLine: { show: false },
  },
  yAxis: { type: 'value', ...axes(colours) },
  series: [{ type: 'bar', name: 'songs', data: [...hours], color: colours.accent }],
}))
document.body.dataset['ready'] = 'true'
