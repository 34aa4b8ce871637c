import { describe, expect, it } from 'vitest'
import { pathTargets } from './tsconfig-paths.ts'

describe('pathTargets', () => {
  const paths = {
    aliases: new Map([
      ['@shop/*', ['/repo/packages/*/src']],
      ['@shop/basic', ['/repo/packages/basic-shop/src']],
      ['@shop/ui/*', ['/repo/ui/*', '/repo/ui-next/*']],
      ['*.css', ['/repo/styles/*.css']],
    ]),
    baseFolders: ['/repo/src'],
  }

  it('takes an exact name before patterns, and of these the one with the longest beginning', () => {
    expect(pathTargets(paths, '@shop/basic')).toEqual(['/repo/packages/basic-shop/src', '/repo/src/@shop/basic'])
    expect(pathTargets(paths, '@shop/mail')).toEqual(['/repo/packages/mail/src', '/repo/src/@shop/mail'])
    expect(pathTargets(paths, '@shop/ui/$&')).toEqual(['/repo/ui/$&', '/repo/ui-next/$&', '/repo/src/@shop/ui/$&'])
    expect(pathTargets(paths, 'main.css')).toEqual(['/repo/styles/main.css', '/repo/src/main.css'])
  })

  it('leaves other names to the base folder, and relative ones alone', () => {
    expect(pathTargets(paths, 'lib/rates')).toEqual(['/repo/src/lib/rates'])
    for (const relative of ['./basic', '../basic', '/basic']) expect(pathTargets(paths, relative)).toEqual([])
  })
})
