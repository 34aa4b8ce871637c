export { type DeliveryHeaders, type SignatureProblem, verifySignature } from './verify-signature.ts'
export { WebhookReceiver, type WebhookSignal, type WebhookVerdict } from './webhook-receiver.ts'
