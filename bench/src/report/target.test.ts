import { describe, expect, it } from 'vitest'
import { isMet, renderTargets } from './target.ts'

describe('targets', () => {
  it('are met on the bound and missed beyond it', () => {
    expect(isMet({ name: 'cpu', measured: 0.5, atMost: 0.5, unit: 'us' })).toBe(true)
    expect(isMet({ name: 'cpu', measured: 0.51, atMost: 0.5, unit: 'us' })).toBe(false)
    expect(isMet({ name: 'success', measured: 99.4, atLeast: 99.5, unit: '%' })).toBe(false)
  })

  it('are missed when nothing was measured or it never happened', () => {
    expect(isMet({ name: 'cpu', measured: NaN, atMost: 1, unit: 'us' })).toBe(false)
    expect(isMet({ name: 'recovery', measured: Infinity, atMost: 8, unit: 's' })).toBe(false)
  })

  it('show the figure whether met or missed', () => {
    const text = renderTargets([
      { name: 'cpu', measured: 0.512, atMost: 0.5, unit: 'us', note: '+-3 %' },
      { name: 'recovery', measured: Infinity, atMost: 8, unit: 's' },
      { name: 'load', measured: 1.17, atMost: 1.2, unit: 'x' },
    ])
    expect(text).toMatch(/cpu +<= 0.5 us +0.512 us +MISSED +\+-3 %/)
    expect(text).toMatch(/recovery +<= 8 s +never s +MISSED/)
    expect(text).toMatch(/load +<= 1.2 x +1.170 x +met/)
  })
})
