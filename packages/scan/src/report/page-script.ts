/**
 * The script of the report: sorting by the buttons in the heads of the tables, and opening the file that a link leads to.
 * Without it the page still shows everything.
 */
export const PAGE_SCRIPT = `
for (const table of document.querySelectorAll('table')) {
  const heads = [...table.tHead.rows[0].cells]
  heads.forEach((head, column) => head.querySelector('button').addEventListener('click', () => {
    const isNumber = column > 0
    const first = isNumber ? 'descending' : 'ascending'
    const other = isNumber ? 'ascending' : 'descending'
    const order = head.getAttribute('aria-sort') === first ? other : first
    for (const each of heads) each.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', order)
    const sign = order === 'ascending' ? 1 : -1
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent
    const compare = (a, b) => isNumber ? Number(value(a)) - Number(value(b)) : value(a).localeCompare(value(b))
    const body = table.tBodies[0]
    body.append(...[...body.rows].sort((a, b) => sign * compare(a, b)))
  }))
}
const open = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const details = target && target.closest('details')
  if (!details) return
  details.open = true
  target.scrollIntoView({ block: 'center' })
}
addEventListener('hashchange', open)
open()
`
