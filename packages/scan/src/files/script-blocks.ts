/**
 * The scripts of a Vue file at their own offsets: everything else is blanked, so that lines and columns stay.
 * Undefined when the file has no script.
 */
export function scriptOfVue(
  text: string,
): { readonly text: string; readonly lang: 'js' | 'jsx' | 'ts' | 'tsx' } | undefined {
  let blanked = ''
  let end = 0
  let lang: 'js' | 'jsx' | 'ts' | 'tsx' = 'js'
  for (const block of text.matchAll(/<script\b((?:"[^"]*"|'[^']*'|[^'">])*)>([\s\S]*?)<\/script\s*>/g)) {
    const [whole, attributes = '', content = ''] = block
    if (/\ssrc\s*=/.test(attributes)) continue
    const start = block.index + whole.indexOf('>', attributes.length) + 1
    blanked += blank(text.slice(end, start)) + content
    end = start + content.length
    const given = /\slang\s*=\s*["']?(jsx|tsx|ts)\b/.exec(attributes)?.[1]
    if (given !== undefined) lang = given as typeof lang
  }
  return end === 0 ? undefined : { text: blanked + blank(text.slice(end)), lang }
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}
