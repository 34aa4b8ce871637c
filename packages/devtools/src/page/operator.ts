import type { KeyView, ServiceView } from '../frame.ts'
import { byId, setText } from './dom.ts'

interface Question {
  readonly title: string
  readonly text: string
  /** Without a label there is nothing to type. */
  readonly label: string | undefined
  readonly confirm: string
  readonly isSecret?: boolean
  /** Returns what is wrong; the dialog stays open with it. */
  readonly done: (answer: string) => Promise<string | undefined> | string | undefined
}

/** What a person does from the page: each order asks for what it needs and is sent with the token. */
export class Operator {
  // Kept in memory alone: it is gone with the page.
  #token: string | undefined
  readonly #dialog = byId('dialog', HTMLDialogElement)
  readonly #input = byId('dialog-input', HTMLInputElement)
  readonly #error = byId('dialog-error', HTMLParagraphElement)
  readonly #unlock = byId('unlock', HTMLButtonElement)
  #question: Question | undefined

  constructor() {
    byId('dialog-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#submit()
    })
    byId('dialog-cancel', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close()
    })
    this.#unlock.addEventListener('click', () => {
      if (this.#token === undefined) this.#askToken(() => undefined)
      else this.#setToken(undefined)
    })
  }

  forceOpen({ id, policy, label }: KeyView): void {
    this.#withToken({
      title: 'Force the breaker open',
      text: `All calls of ${policy} to ${label} are refused until it is reset.`,
      label: 'Reason, shown to everybody',
      confirm: 'Force open',
      done: (reason) => this.#send({ action: 'force-open', policy, key: id, reason }),
    })
  }

  reset({ id, policy, label }: KeyView): void {
    this.#withToken({
      title: 'Reset',
      text: `The breaker of ${policy} for ${label} closes, its budget is full, its gate opens, its limits start anew.`,
      label: undefined,
      confirm: 'Reset',
      done: () => this.#send({ action: 'reset', policy, key: id }),
    })
  }

  turn({ name, isKilled }: ServiceView): void {
    this.#withToken(
      isKilled
        ? {
            title: `Switch ${name} on`,
            text: 'It is tried again with the next call.',
            label: undefined,
            confirm: 'Switch on',
            done: () => this.#send({ action: 'revive', service: name }),
          }
        : {
            title: `Switch ${name} off`,
            text: 'Its fallback is used until it is switched on again.',
            label: 'Reason, shown to everybody',
            confirm: 'Switch off',
            done: (reason) => this.#send({ action: 'kill', service: name, reason }),
          },
    )
  }

  #withToken(question: Question): void {
    if (this.#token !== undefined) this.#ask(question)
    else
      this.#askToken(() => {
        this.#ask(question)
      })
  }

  #askToken(then: () => void): void {
    this.#ask({
      title: 'Unlock actions',
      text: 'The token is the one the application gave to devtools(). It is kept until this page is closed.',
      label: 'Token',
      confirm: 'Unlock',
      isSecret: true,
      done: (token) => {
        this.#setToken(token)
        queueMicrotask(then)
        return undefined
      },
    })
  }

  #setToken(token: string | undefined): void {
    this.#token = token
    setText(this.#unlock, token === undefined ? 'Unlock actions' : 'Lock actions')
  }

  #ask(question: Question): void {
    this.#question = question
    setText(byId('dialog-title', HTMLHeadingElement), question.title)
    setText(byId('dialog-text', HTMLParagraphElement), question.text)
    setText(byId('dialog-label', HTMLSpanElement), question.label ?? '')
    setText(byId('dialog-confirm', HTMLButtonElement), question.confirm)
    setText(this.#error, '')
    this.#input.value = ''
    this.#input.type = question.isSecret === true ? 'password' : 'text'
    this.#input.maxLength = 200
    const field = this.#input.parentElement
    if (field !== null) field.hidden = question.label === undefined
    if (!this.#dialog.open) this.#dialog.showModal()
    if (question.label === undefined) byId('dialog-confirm', HTMLButtonElement).focus()
    else this.#input.focus()
  }

  async #submit(): Promise<void> {
    const question = this.#question
    if (question === undefined) return
    const answer = this.#input.value.trim()
    if (question.label !== undefined && answer === '') {
      setText(this.#error, 'Please type something.')
      return
    }
    const wrong = await question.done(answer)
    if (wrong !== undefined) setText(this.#error, wrong)
    else if (this.#question === question) this.#dialog.close()
  }

  async #send(order: Readonly<Record<string, string>>): Promise<string | undefined> {
    try {
      const response = await fetch('actions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-holdfast-token': this.#token ?? '' },
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(10_000),
      })
      if (response.ok) return undefined
      if (response.status === 401) this.#setToken(undefined)
      const { message } = (await response.json()) as { message?: string }
      const again = response.status === 401 ? ' Cancel and unlock again.' : ''
      return `${message ?? `The server answered ${response.status}.`}${again}`
    } catch {
      return 'The server did not answer; see whether it still runs.'
    }
  }
}
