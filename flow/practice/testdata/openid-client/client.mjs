// The whole flow by openid-client, a certified relying party, against the
// practice server at the issuer named on the command line. What it saw goes to
// standard output as one JSON document.
import * as client from 'openid-client'

const [issuer, id, secret, faults] = process.argv.slice(2)
const redirectURI = 'http://127.0.0.1:49152/callback'
const plainHTTP = { execute: [client.allowInsecureRequests] } // loopback has no certificate

const config = await client.discovery(new URL(issuer), id, undefined,
  secret ? client.ClientSecretBasic(secret) : client.None(), plainHTTP)

async function authorize(parameters, push) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const request = {
    redirect_uri: redirectURI, scope: 'openid profile email', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters,
  }
  const url = push
    ? await client.buildAuthorizationUrlWithPAR(config, request)
    : client.buildAuthorizationUrl(config, request)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return { callback: await approve(url), checks }
}

// approve is the user: it answers the page and stops at the way back.
async function approve(url) {
  const page = await fetch(url, { redirect: 'manual' })
  const consent = /name="consent" value="([^"]+)"/.exec(await page.text())[1]
  const answer = await fetch(new URL('/authorize', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: page.headers.getSetCookie()[0].split(';')[0] },
    body: new URLSearchParams({ consent, user: 'alice', decision: 'approve' }),
  })
  return new URL(answer.headers.get('location'))
}

async function refused(promise) {
  try {
    await promise
    return ''
  } catch (err) {
    return err.error ?? err.cause?.error ?? err.code
  }
}

// reports is what this client reports of each fault, which it switches on by the
// server's control page.
async function reports(faults) {
  const control = new URL('/practice/faults', issuer)
  const codes = []
  for (const { fault, speak, step } of faults) {
    const [name, value = ''] = fault.split('=')
    await fetch(control, { method: 'DELETE' })
    await fetch(control, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: name, value, speak }),
    })
    const { callback, checks } = await authorize({})
    codes.push(await refused(client.authorizationCodeGrant(config, callback, checks)
      .then((tokens) => step === 'refresh' ? client.refreshTokenGrant(config, tokens.refresh_token) : tokens)))
  }
  return codes
}

if (faults) {
  console.log(JSON.stringify(await reports(JSON.parse(faults))))
  process.exit()
}

const { callback, checks } = await authorize({})
const tokens = await client.authorizationCodeGrant(config, callback, checks) // checks iss, state, nonce, at_hash, signature
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
const reused = await refused(client.refreshTokenGrant(config, tokens.refresh_token))
const replayed = await refused(client.authorizationCodeGrant(config, callback, checks))

const pushed = await authorize({}, true)
const viaPAR = await client.authorizationCodeGrant(config, pushed.callback, pushed.checks)
await client.tokenRevocation(config, viaPAR.refresh_token)
const revoked = await refused(client.refreshTokenGrant(config, viaPAR.refresh_token))
const active = secret ? (await client.tokenIntrospection(config, viaPAR.access_token)).active : null

console.log(JSON.stringify({
  sub: claims.sub,
  email: userinfo.email,
  rotated: refreshed.refresh_token !== tokens.refresh_token,
  refreshed_sub: refreshed.claims().sub,
  reused, replayed, revoked, active,
}))
