import { find } from './elements.ts'

interface Told {
  readonly what: string
  readonly why: string
  readonly todo: string
}

const LONGEST_MS = 60_000

/** Says something to the person, also to one who does not see it. */
export const say = (text: string, isBad = false): void => {
  const message = find('message')
  message.classList.toggle('bad', isBad)
  message.textContent = text
}

export const sayTold = ({ what, why, todo }: Told): void => {
  say(`${what}\nWhy: ${why}\nWhat to do: ${todo}`, true)
}

/** Asks our own server; what goes wrong is said on the page and thrown. */
export const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(LONGEST_MS) })
    if (response.ok) return (await response.json()) as Answer
    if (response.headers.get('content-type')?.startsWith('application/json') === true) {
      const { message } = (await response.json()) as { readonly message: Told }
      sayTold(message)
    } else {
      say(`The page got no data (${response.status}). Load it again.`, true)
    }
    throw new Error(`${path}: ${response.status}`)
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') {
      say(
        'The time machine does not answer.\nWhy: It was ended, or it is busy.\nWhat to do: Start it again, then load this page again.',
        true,
      )
    }
    throw error
  }
}

/** Runs what a button does, with the button off meanwhile; failures were said already. */
export const onPress = (id: string, work: () => Promise<void>): void => {
  const button = find(id, HTMLButtonElement)
  button.addEventListener('click', () => {
    button.disabled = true
    work()
      .catch((error: unknown) => {
        // `ask` has told the person; this is for who looks into it.
        // eslint-disable-next-line holdfast/structured-error-log -- a browser has its console alone
        console.warn(error)
      })
      .finally(() => {
        button.disabled = false
        button.focus()
      })
  })
}
