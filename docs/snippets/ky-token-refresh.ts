import { standardPolicy } from '@holdfast/core'
import { kyHooks } from '@holdfast/ky-hooks'
import ky from 'ky'

declare const refreshToken: () => Promise<string>

// The 401 is the server's answer, so the policy hands it over; `ky.retry()` sends again, under the policy.
export const spotifyKy = ky
  .create({
    hooks: {
      afterResponse: [
        async ({ request, response }) => {
          if (response.status !== 401) return
          const headers = new Headers(request.headers)
          headers.set('authorization', `Bearer ${await refreshToken()}`)
          return ky.retry({ request: new Request(request, { headers }), delay: 0 })
        },
      ],
    },
  })
  .extend(kyHooks(standardPolicy({ name: 'spotify' })))
