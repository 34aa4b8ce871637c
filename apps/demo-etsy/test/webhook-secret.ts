/** Secret of webhooks in tests. */
export const webhookSecret = `whsec_${Buffer.from('test-secret').toString('base64')}`
