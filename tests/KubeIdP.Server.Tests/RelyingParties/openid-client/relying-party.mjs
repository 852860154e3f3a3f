// A relying party of openid-client (panva) that tells the test in JSON lines where to send the browser, and is told where the browser ended.
import { createInterface } from 'node:readline'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SIGNED_OUT_URI } = process.env
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

const say = line => console.log(JSON.stringify(line))

async function browse(url) {
  say({ browse: url.href })
  return new URL((await answers.next()).value)
}

async function errorOf(promise) {
  try {
    await promise
    return null
  } catch (error) {
    return { error: error.error, description: error.error_description }
  }
}

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  CLIENT_SECRET ? client.ClientSecretBasic(CLIENT_SECRET) : client.None()
)
const secrets = {
  pkceCodeVerifier: client.randomPKCECodeVerifier(),
  expectedState: client.randomState(),
  expectedNonce: client.randomNonce()
}
const landed = await browse(
  client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email groups offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(secrets.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: secrets.expectedState,
    nonce: secrets.expectedNonce
  })
)

const first = await client.authorizationCodeGrant(config, landed, { ...secrets, idTokenExpected: true })
const codeAgain = await errorOf(client.authorizationCodeGrant(config, landed, secrets))
say({ first: first.claims(), refreshable: typeof first.refresh_token === 'string', codeAgain })

// The code came twice, so the server has ended that grant; the session in the browser goes on.
const again = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState() }
const back = await browse(
  client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email groups offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(again.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: again.expectedState
  })
)
const second = await client.authorizationCodeGrant(config, back, { ...again, idTokenExpected: true })
const refreshed = await client.refreshTokenGrant(config, second.refresh_token)
const userInfo = await client.fetchUserInfo(config, refreshed.access_token, second.claims().sub)
say({ refreshed: refreshed.claims(), userInfo })

await client.tokenRevocation(config, refreshed.refresh_token)
const afterRevocation = await errorOf(client.refreshTokenGrant(config, refreshed.refresh_token))
const signedOut = await browse(
  client.buildEndSessionUrl(config, {
    id_token_hint: refreshed.id_token,
    post_logout_redirect_uri: SIGNED_OUT_URI,
    state: 'leaving'
  })
)
say({ afterRevocation, signedOut: signedOut.href })
process.exit(0)
