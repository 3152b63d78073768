// npm `oidc-provider` as the peer of benchmarks/provider.py: `node server.mjs FOLDER PORT`, with FOLDER/node_modules.
//
// It keeps everything in its own in-memory adapter, signs RS256 `at+jwt` access tokens for one resource, and takes
// login and consent by its own development interactions, which ask for no password.

import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2);
const { Provider } = await import(createRequire(join(folder, 'package.json')).resolve('oidc-provider'));

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const resource = 'https://api.example.com';

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'machine',
      client_secret: 'benchmark-secret-of-the-machine-client',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: 'application',
      client_secret: 'benchmark-secret-of-the-application-client',
      grant_types: ['authorization_code'],
      redirect_uris: ['https://app.example.com/callback'],
      response_types: ['code'],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' }] },
  pkce: { required: () => true },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1');
