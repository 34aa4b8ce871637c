/**
 * Base of classes that put a private field of theirs on somebody else's object, invisible to everybody else.
 *
 * What a `WeakMap` would do; but one that gains an entry a call makes the collector the dearest part of that call.
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- it exists for what its constructor returns
export class Foreign {
  constructor(target: object) {
    return target
  }
}
