/** What a minifier makes of many modules: one line, one function around everything, short names used again and again. */
export function minified(bytes: number): string {
  const parts: string[] = []
  for (let size = 0, id = 0; size < bytes; id += 1) {
    const part = `var t${id}=function(e,t,n){"use strict";var r=n(${id}),o=r.a||{},i=0;for(i=0;i<3;i++)try{return fetch("https://x"+t.u,o).then(function(e){return e.json()}).catch(function(){return null})}catch(e){console.error("x"+e)}class a extends o.b{m(){return this.h.get(e).then(e=>e.d,()=>null)}}return a=e?t(n):n,e.exports=a};`
    parts.push(part)
    size += part.length
  }
  return `!function(){${parts.join('')}}();`
}
