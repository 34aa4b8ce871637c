type Child = Node | string | undefined

const append = (element: Element, children: readonly Child[]): void => {
  for (const child of children) if (child !== undefined) element.append(child)
}

const setAll = (element: Element, attributes: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}

/** An HTML element; texts become text nodes, so that nothing a server says is read as markup. */
export const html = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  setAll(element, attributes)
  append(element, children)
  return element
}

export const svg = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setAll(element, attributes)
  append(element, children)
  return element
}

/** The element of that id and kind; the page is one file, so that a missing one is a mistake in it. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new TypeError(`no ${kind.name} with the id ${id}`)
  return element
}

/** Sets a text only where it differs, which keeps selections and spares the browser. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

export const setAttribute = (element: Element, name: string, value: string | undefined): void => {
  if (value === undefined) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/** One entry of a list. */
export interface Row<Item> {
  readonly element: HTMLElement
  update(item: Item): void
}

/** Keeps a list on the page equal to a list of items, moving as little as possible so that focus stays where it is. */
export class KeyedList<Item> {
  readonly #container: HTMLElement
  readonly #keyOf: (item: Item) => string
  readonly #make: () => Row<Item>
  readonly #rows = new Map<string, Row<Item>>()
  readonly #empty: HTMLElement

  constructor(container: HTMLElement, empty: string, keyOf: (item: Item) => string, make: () => Row<Item>) {
    this.#container = container
    this.#keyOf = keyOf
    this.#make = make
    this.#empty = html(container.matches('ul, ol') ? 'li' : 'p', { class: 'empty' }, empty)
  }

  set emptyText(text: string) {
    setText(this.#empty, text)
  }

  update(items: readonly Item[]): void {
    const keys = new Set(items.map(this.#keyOf))
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue
      element.remove()
      this.#rows.delete(key)
    }
    if (items.length > 0) this.#empty.remove()
    else if (!this.#empty.isConnected) this.#container.append(this.#empty)
    let next = this.#container.firstElementChild
    for (const item of items) {
      const key = this.#keyOf(item)
      const row = this.#rows.get(key) ?? this.#make()
      this.#rows.set(key, row)
      row.update(item)
      if (row.element === next) next = next.nextElementSibling
      else this.#container.insertBefore(row.element, next)
    }
  }
}
