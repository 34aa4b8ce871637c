/** Small pieces for building the page: text is always set as text, never as HTML. */

interface Find {
  (id: string): HTMLElement
  <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind
}

/** The element of an id, of the kind that is expected. */
export const find: Find = <Kind extends HTMLElement>(id: string, kind?: new () => Kind): Kind => {
  const element = document.getElementById(id)
  if (element === null || (kind !== undefined && !(element instanceof kind))) {
    throw new Error(`The page has no such element: ${id}.`)
  }
  return element as Kind
}

type Child = Node | string

export const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** A table with a head; numbers are set to the right. */
export const fillTable = (
  table: HTMLElement,
  heads: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void => {
  const head = make('thead', {}, make('tr', {}, ...heads.map((text) => make('th', { scope: 'col' }, text))))
  const body = make(
    'tbody',
    {},
    ...rows.map((row) =>
      make(
        'tr',
        {},
        ...row.map((value) =>
          make('td', typeof value === 'number' ? { class: 'number' } : {}, value === null ? '' : String(value)),
        ),
      ),
    ),
  )
  table.replaceChildren(head, body)
}
