// An application in the browser with oidc-client-ts, as its documentation sets it up; the test is the person, and presses its buttons by these functions.
const settings = new URLSearchParams(location.hash.slice(1))
const stored = sessionStorage.getItem('settings')
if (settings.has('authority')) sessionStorage.setItem('settings', location.hash.slice(1))
const { authority, client_id } = Object.fromEntries(settings.has('authority') ? settings : new URLSearchParams(stored ?? ''))

const manager = new oidc.UserManager({
  authority,
  client_id,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/signed-out`,
  scope: 'openid profile email groups offline_access',
  loadUserInfo: true,
  automaticSilentRenew: false
})

const shown = user => ({
  accessToken: user.access_token,
  idToken: user.id_token,
  refreshToken: user.refresh_token,
  expired: user.expired,
  profile: user.profile
})

const application = {
  signIn: () => manager.signinRedirect(),
  finish: async () => shown(await manager.signinRedirectCallback()),
  user: async () => shown(await manager.getUser()),
  refresh: async () => shown(await manager.signinSilent()),
  revoke: () => manager.revokeTokens(['refresh_token']),
  signOut: () => manager.signoutRedirect(),
  finishSignOut: async () => !!(await manager.signoutRedirectCallback()),

  // What a page can read of any answer; "blocked" when the browser keeps it from the page.
  async request(url, method, form, token) {
    try {
      const response = await fetch(url, {
        method,
        headers: token ? { Authorization: `Bearer ${token}` } : {},
        body: form ? new URLSearchParams(form) : undefined
      })
      return {
        status: response.status,
        challenge: response.headers.get('WWW-Authenticate'),
        text: await response.text()
      }
    } catch {
      return { status: 0, challenge: null, text: 'blocked' }
    }
  }
}
