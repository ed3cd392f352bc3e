/** The sign-in services that the backend knows by itself, and how each says who somebody is. */

/** Who signed in, as a service tells it. */
export interface Person {
  /** The service's own id of the account. */
  id: string;
  email: string;
  name: string;
  avatar: string;
  /** Whatever else the service told. */
  details: Record<string, unknown>;
}

type Json = Record<string, unknown>;
type Load = (path: string) => Promise<Json>;

/** How a service is asked; without addresses there is only the consent page of this machine. */
export interface OAuthService {
  scopes: string[];
  authorizeUrl?: string;
  tokenUrl?: string;
  /** Parameters that its sign-in page needs besides the usual ones. */
  extra?: Record<string, string>;
  /** Whether it wants a code challenge (RFC 7636). */
  challenge?: boolean;
  /** Whether the client is named by HTTP basic authentication. */
  basic?: boolean;
  /** Asks for the account. @param load fetches JSON with the access token */
  person?(load: Load, tokens: Json): Promise<Partial<Person> & Json>;
}

const text = (value: unknown) => typeof value === "string" ? value : "";

/** The fields that OpenID Connect has for a person. */
export const openIdPerson = (claims: Json) => ({
  id: String(claims.sub ?? claims.id ?? claims.user_id ?? ""),
  email: text(claims.email),
  name: text(claims.name) || text(claims.preferred_username),
  avatar: text(claims.picture) || text(claims.avatar_url),
});

export const SERVICES: Record<string, OAuthService> = {
  google: {
    scopes: ["openid", "email", "profile"],
    authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenUrl: "https://oauth2.googleapis.com/token",
    extra: { access_type: "offline" },
    person: async (load) =>
      openIdPerson(await load("https://openidconnect.googleapis.com/v1/userinfo")),
  },
  github: {
    scopes: ["user:email"],
    authorizeUrl: "https://github.com/login/oauth/authorize",
    tokenUrl: "https://github.com/login/oauth/access_token",
    async person(load) {
      const user = await load("https://api.github.com/user");
      const addresses = user.email
        ? []
        : await load("https://api.github.com/user/emails") as unknown as Json[];
      const primary = addresses.find(({ primary, verified }) => primary && verified);
      return {
        id: String(user.id),
        email: text(user.email) || text(primary?.email),
        name: text(user.name) || text(user.login),
        avatar: text(user.avatar_url),
      };
    },
  },
  discord: {
    scopes: ["identify", "email"],
    authorizeUrl: "https://discord.com/oauth2/authorize",
    tokenUrl: "https://discord.com/api/oauth2/token",
    async person(load) {
      const user = await load("https://discord.com/api/users/@me");
      const avatar = `https://cdn.discordapp.com/avatars/${user.id}/${user.avatar}.png`;
      return {
        id: text(user.id),
        email: text(user.email),
        name: text(user.global_name) || text(user.username),
        avatar: user.avatar ? avatar : "",
      };
    },
  },
  linkedin: {
    scopes: ["openid", "profile", "email"],
    authorizeUrl: "https://www.linkedin.com/oauth/v2/authorization",
    tokenUrl: "https://www.linkedin.com/oauth/v2/accessToken",
    person: async (load) => openIdPerson(await load("https://api.linkedin.com/v2/userinfo")),
  },
  facebook: {
    scopes: ["email", "public_profile"],
    authorizeUrl: "https://www.facebook.com/v21.0/dialog/oauth",
    tokenUrl: "https://graph.facebook.com/v21.0/oauth/access_token",
    async person(load) {
      const fields = "id,name,email,picture.type(large)";
      const user = await load(`https://graph.facebook.com/v21.0/me?fields=${fields}`);
      const picture = user.picture as { data?: { url?: string } } | undefined;
      return { ...openIdPerson(user), avatar: picture?.data?.url ?? "" };
    },
  },
  microsoft: {
    scopes: ["openid", "email", "profile", "User.Read"],
    authorizeUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    tokenUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    async person(load) {
      const user = await load("https://graph.microsoft.com/v1.0/me");
      const email = text(user.mail) || text(user.userPrincipalName);
      return { id: text(user.id), email, name: text(user.displayName), avatar: "" };
    },
  },
  x: {
    scopes: ["tweet.read", "users.read"],
    authorizeUrl: "https://x.com/i/oauth2/authorize",
    tokenUrl: "https://api.x.com/2/oauth2/token",
    challenge: true,
    basic: true,
    async person(load) {
      const { data } = await load(
        "https://api.x.com/2/users/me?user.fields=profile_image_url,confirmed_email",
      ) as { data: Json };
      return {
        id: text(data.id),
        // Who tells no address is known by one that no mail reaches.
        email: text(data.confirmed_email) || `${data.username}@users.noreply.x.local`,
        name: text(data.name),
        avatar: text(data.profile_image_url),
      };
    },
  },
  apple: {
    scopes: ["name", "email"],
    authorizeUrl: "https://appleid.apple.com/auth/authorize",
    tokenUrl: "https://appleid.apple.com/auth/token",
    extra: { response_mode: "form_post" },
  },
  instagram: { scopes: ["user_profile", "user_media"] },
  tiktok: { scopes: ["user.info.basic"] },
  spotify: { scopes: ["user-read-email", "user-read-private"] },
};
