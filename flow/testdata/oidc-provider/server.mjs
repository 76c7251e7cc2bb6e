// oidc-provider, a certified OpenID provider, for the walk to prove itself on.
// Its development interactions let everybody in. The issuer goes to standard
// output once the server listens; it ends with its standard input.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const [id, secret, method] = process.argv.slice(2)
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: id,
      client_secret: secret,
      token_endpoint_auth_method: method,
      application_type: 'native', // any loopback port (RFC 8252 section 7.3)
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    }],
    cookies: { keys: ['for-this-test-only'] },
    features: { revocation: { enabled: true }, rpInitiatedLogout: { enabled: false } },
    rotateRefreshToken: true,
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
process.stdin.resume().on('end', () => process.exit())
