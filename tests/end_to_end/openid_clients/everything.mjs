// Everything that openid-client does with a provider; prints what came of it as JSON.
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const issuer = new URL(given.issuer)
const options = { execute: [client.allowInsecureRequests] } // the provider is on this machine

const discovered = ({ id, secret }, authentication) =>
  client.discovery(issuer, id, secret, authentication, options)

// A browser that signs on through the flow API: cookie, name and password, back to the application.
async function signedOn(url) {
  const begun = await fetch(url, { redirect: 'manual' })
  const place = begun.headers.get('location')
  const flow = new URL(place).searchParams.get('flowId')
  const done = await flowAction(flow, cookieOf(begun), 'usernamePassword.check', given.user)
  const resumed = await fetch(done.body.resumeUrl, { redirect: 'manual', headers: { cookie: done.cookie } })
  return new URL(resumed.headers.get('location'))
}

const cookieOf = (response, before) => response.headers.getSetCookie()[0]?.split(';')[0] ?? before

async function flowAction(flow, cookie, action, body) {
  const response = await fetch(`${given.flows}/${flow}`, {
    method: 'POST',
    headers: { 'content-type': `application/vnd.pingidentity.${action}+json`, cookie },
    body: JSON.stringify(body),
  })
  if (response.status !== 200) throw new Error(await response.text())
  return { cookie: cookieOf(response, cookie), body: await response.json() }
}

async function codeFlow(config, { pushed = false, dpop, parameters = {} } = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const asked = {
    redirect_uri: given.redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  }
  const url = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, asked, { DPoP: dpop })
    : client.buildAuthorizationUrl(config, asked)
  const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return client.authorizationCodeGrant(config, await signedOn(url), checks, undefined, { DPoP: dpop })
}

// What every client that has users does after a sign-on.
async function lived(config) {
  const tokens = await codeFlow(config)
  const { sub } = tokens.claims()
  const user = await client.fetchUserInfo(config, tokens.access_token, sub)
  const looked = await client.tokenIntrospection(config, tokens.access_token)
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
  await client.tokenRevocation(config, refreshed.access_token)
  const after = await client.tokenIntrospection(config, refreshed.access_token)
  return {
    sub,
    email: user.email,
    active: looked.active,
    rotated: refreshed.refresh_token !== tokens.refresh_token,
    same: refreshed.claims().sub === sub,
    afterwards: after.active,
  }
}

const done = {}
const { basic, post, secretJwt, privateJwt, open, service, device } = given.clients

done.basic = await lived(await discovered(basic, client.ClientSecretBasic(basic.secret)))
done.post = await lived(await discovered(post, client.ClientSecretPost(post.secret)))
done.secretJwt = await lived(await discovered(secretJwt, client.ClientSecretJwt(secretJwt.secret)))

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('jwk', given.key, algorithm, false, ['sign'])
const signing = client.PrivateKeyJwt({ key, kid: given.key.kid })
done.privateJwt = await lived(await discovered(privateJwt, signing))
done.pushed = (await codeFlow(await discovered(privateJwt, signing), { pushed: true })).token_type

const anybody = await discovered(open, client.None())
const handle = client.getDPoPHandle(anybody, await client.randomDPoPKeyPair('ES256'))
const bound = await codeFlow(anybody, { dpop: handle })
const who = await client.fetchUserInfo(anybody, bound.access_token, bound.claims().sub, { DPoP: handle })
done.open = { type: bound.token_type, sub: who.sub }

const alone = await discovered(service, client.ClientSecretBasic(service.secret))
const own = await client.clientCredentialsGrant(alone, { scope: given.scope })
done.service = { scope: own.scope, active: (await client.tokenIntrospection(alone, own.access_token)).active }

const television = await discovered(device, client.None())
const codes = await client.initiateDeviceAuthorization(television, { scope: 'openid' })
const page = await fetch(codes.verification_uri, { redirect: 'manual' })
const flow = new URL(page.headers.get('location')).searchParams.get('flowId')
await flowAction(flow, cookieOf(page), 'deviceAuthGrant.userCode.verify', { userCode: codes.user_code })
const { cookie } = await flowAction(flow, cookieOf(page), 'usernamePassword.check', given.user)
await flowAction(flow, cookie, 'deviceAuthGrant.consent', { accept: true })
const granted = await client.pollDeviceAuthorizationGrant(television, codes)
done.device = { sub: granted.claims().sub }

const wrong = await discovered(basic, client.ClientSecretBasic(`${basic.secret}x`))
done.wrong = await codeFlow(wrong).catch((error) => error.status)
done.mixedUp = await (async () => {
  const config = await discovered(basic, client.ClientSecretBasic(basic.secret))
  const came = await signedOn(client.buildAuthorizationUrl(config, { redirect_uri: given.redirectUri, scope: 'openid' }))
  came.searchParams.set('iss', 'https://attacker.example/as')
  return client.authorizationCodeGrant(config, came).then(() => 'accepted', (error) => error.code)
})()

console.log(JSON.stringify(done))
