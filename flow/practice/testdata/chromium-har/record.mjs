// Records walks of two small apps in Chromium as HAR files: a single-page app
// that does everything in the browser, and one whose server redeems the code.
// Both make the mistake that they are told to make.
//
//   node record.mjs CHROMIUM ISSUER MISTAKE FILE.har [FILE.log]
//
// MISTAKE is the cause that it comes to, or fine. With FILE.log the walk is that of the app with a server, which logs there.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'

const [executablePath, issuer, mistake, har, log] = process.argv.slice(2)

// spa runs in the page: at / it begins, and at /callback it redeems the code.
async function spa({ issuer, mistake }) {
  const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))
  const redirectURI = location.origin + '/callback'
  const params = new URLSearchParams(location.search)
  const ask = body => fetch(issuer + '/token', { method: 'POST', body: new URLSearchParams({ client_id: 'demo-public', ...body }) })
  if (location.pathname === '/') {
    const verifier = random(), state = random()
    sessionStorage.setItem('verifier', verifier)
    sessionStorage.setItem('state', state)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    location.assign(issuer + '/authorize?' + new URLSearchParams({
      response_type: 'code', client_id: 'demo-public', redirect_uri: redirectURI, scope: 'openid profile offline_access', state,
      code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: 'S256',
    }))
    return
  }
  const redeem = () => ask({
    grant_type: 'authorization_code',
    code: mistake === 'code_malformed' ? params.get('code').slice(0, -8) : params.get('code'),
    redirect_uri: mistake === 'redirect_uri_mismatch' ? redirectURI.replace('127.0.0.1', 'localhost') : redirectURI,
    code_verifier: mistake === 'pkce_mismatch' ? random() : sessionStorage.getItem('verifier'),
  })
  const say = text => { document.body.textContent = text; document.title = 'done' }
  if (params.has('error')) return say(params.get('error'))
  if (mistake === 'code_expired') await new Promise(r => setTimeout(r, 2500))
  let answer = await redeem()
  if (mistake === 'code_reused') answer = await redeem() // the effect ran twice
  const tokens = await answer.json()
  if (mistake === 'refresh_reused' || mistake === 'fine') {
    const refresh = () => ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
    answer = await refresh()
    if (mistake === 'refresh_reused') answer = await refresh() // the rotated one was not kept
  }
  say(answer.ok ? 'Welcome.' : 'The log-in failed.')
}

// backend is the app whose server redeems the code. All that the browser sees of
// a refusal is a page that says nothing.
async function backend(req, res, origin) {
  const url = new URL(req.url, origin)
  const redirectURI = origin + '/callback'
  if (url.pathname === '/') {
    const to = new URLSearchParams({ response_type: 'code', client_id: 'demo-app', redirect_uri: redirectURI, scope: 'openid', state: 'state-of-this-session' })
    res.writeHead(302, { location: issuer + '/authorize?' + to }).end()
    return
  }
  if (url.pathname !== '/callback') return void res.writeHead(404).end()
  const answer = await fetch(issuer + '/token', {
    method: 'POST',
    headers: { authorization: 'Basic ' + btoa('demo-app:demo-secret-not-a-real-one') },
    body: new URLSearchParams({
      grant_type: 'authorization_code', code: url.searchParams.get('code'),
      redirect_uri: mistake === 'redirect_uri_mismatch' ? redirectURI + '/' : redirectURI,
    }),
  })
  const line = (level, text) => appendFileSync(log, `${new Date().toISOString()} ${level} [callback] ${text}\n`)
  if (answer.ok) {
    line('INFO', 'signed in')
    res.writeHead(200, { 'content-type': 'text/html' }).end('<title>done</title>Welcome.')
    return
  }
  line('ERROR', `OAuth2Error: token endpoint answered ${answer.status}: ${await answer.text()}`)
  res.writeHead(500, { 'content-type': 'text/html' }).end('<title>done</title>Something went wrong.')
}

const page = `<!doctype html><meta charset=utf-8><title>app</title><body><script>(${spa})(${JSON.stringify({ issuer, mistake })})</script>`
const server = createServer((req, res) => {
  const origin = `http://127.0.0.1:${server.address().port}`
  if (log) return backend(req, res, origin).catch(err => res.writeHead(500).end(String(err)))
  res.writeHead(200, { 'content-type': 'text/html' }).end(page)
})
await new Promise(listening => server.listen(0, '127.0.0.1', listening))

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-component-update'] })
const context = await browser.newContext({ recordHar: { path: har, content: 'embed' } })
const tab = await context.newPage()
await tab.goto(`http://127.0.0.1:${server.address().port}/`)
await tab.click(`button[value=${mistake === 'user_denied' ? 'deny' : 'approve'}]`)
await tab.waitForFunction(() => document.title === 'done')
if (log && mistake === 'code_reused') await tab.reload() // the person was waiting
await context.close()
await browser.close()
server.close()

// What a page looks like, and what it runs, shows nothing of the flow.
const recorded = JSON.parse(readFileSync(har, 'utf8'))
for (const entry of recorded.log.entries) {
  const content = entry.response.content
  if (content.mimeType?.startsWith('text/html') && content.text) content.text = content.text.replace(/<(style|script)[\s\S]*?<\/\1>/g, '<$1></$1>')
}
writeFileSync(har, JSON.stringify(recorded, null, 1) + '\n')
