import { expect, test } from 'vitest'
import { formatTable, type Paint } from '../src/terminal/table.ts'

const plain: Paint = (_style, text) => text

test('aligns the first column left and the others right', () => {
  const table = formatTable(
    ['what', 'a', 'long title'],
    [{ cells: ['x', '10', '1'] }, { cells: ['longer', '5', '22'] }],
    plain,
  )
  expect(table.split('\n')).toEqual([
    'what      a   long title',
    '------------------------',
    'x        10            1',
    'longer    5           22',
  ])
})

test('paints marked cells only, after alignment', () => {
  const paint: Paint = (style, text) => (style === 'bad' ? `<${text}>` : text)
  const table = formatTable(['', 'a', 'b'], [{ cells: ['n', '1', '2'], marks: { 2: 'bad' } }], paint)
  expect(table.split('\n')[2]).toBe('n   1   <2>')
})
