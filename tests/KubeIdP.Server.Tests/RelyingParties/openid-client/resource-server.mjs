// A resource server of openid-client (panva): it is told access tokens, and asks the issuer about each (RFC 7662).
import { createInterface } from 'node:readline'
import { createPrivateKey } from 'node:crypto'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PRIVATE_KEY } = process.env

async function authentication() {
  if (CLIENT_SECRET) return client.ClientSecretBasic(CLIENT_SECRET)
  const pkcs8 = createPrivateKey(PRIVATE_KEY).export({ type: 'pkcs8', format: 'der' })
  return client.PrivateKeyJwt(
    await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  )
}

const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, await authentication())
for await (const token of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await client.tokenIntrospection(config, token)))
}
