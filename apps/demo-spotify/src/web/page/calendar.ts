import type { MonthView } from '../views.ts'
import { find, make } from './elements.ts'

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const LIST_NAMES: Readonly<Record<string, string>> = {
  'tracks-short_term': 'songs of four weeks',
  'tracks-medium_term': 'songs of half a year',
  'tracks-long_term': 'songs of a year',
  'artists-short_term': 'artists of four weeks',
  'artists-medium_term': 'artists of half a year',
  'artists-long_term': 'artists of a year',
  'recently-played': 'songs played lately',
}

const showHoles = ({ month, holes, complete, of }: MonthView): void => {
  const lines = holes.map(({ list, notes }) => make('li', {}, `${LIST_NAMES[list] ?? list}: ${notes.join('; ')}`))
  const head = make('p', {}, `${month}: ${complete} of ${of} lists are complete.`)
  find('holes').replaceChildren(head, make('ul', {}, ...lines))
}

/** Years by months, each with how many lists it has; a press shows the month and why it has holes. */
export const fillCalendar = (
  months: readonly MonthView[],
  current: string | null,
  choose: (month: string) => void,
): void => {
  const known = new Map(months.map((view) => [view.month, view]))
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))]
  const cell = (year: string, index: number): HTMLTableCellElement => {
    const view = known.get(`${year}-${String(index + 1).padStart(2, '0')}`)
    if (view === undefined) return make('td')
    const button = make(
      'button',
      {
        type: 'button',
        class: `mark ${view.status}`,
        'aria-pressed': String(view.month === current),
        'aria-label': `${view.month}: ${view.complete} of ${view.of} lists, ${view.status === 'partial' ? 'with holes' : view.status}`,
      },
      String(view.complete),
    )
    button.addEventListener('click', () => {
      showHoles(view)
      choose(view.month)
    })
    return make('td', {}, button)
  }
  find('calendar').replaceChildren(
    make('thead', {}, make('tr', {}, make('td'), ...NAMES.map((name) => make('th', { scope: 'col' }, name)))),
    make(
      'tbody',
      {},
      ...years.map((year) =>
        make('tr', {}, make('th', { scope: 'row' }, year), ...NAMES.map((_name, index) => cell(year, index))),
      ),
    ),
  )
}
