-- The whole core in one schema: who may ask (clients), for what (scopes, resources), who they are (users, sessions), what was decided (consents, grants), and what was handed out (codes, refresh tokens).

create table scopes (
    name        text        primary key check (name ~ '^[\x21\x23-\x5b\x5d-\x7e]{1,128}$'),
    title       text        not null,
    description text,
    required    boolean     not null default false,
    claims      text[]      not null default '{}',
    personal    boolean     not null default false
);

create table resources (
    identifier             text    primary key,          -- RFC 8707 §2: an absolute URI without fragment; the audience of its tokens
    name                   text    not null,
    scopes                 text[]  not null default '{}',
    access_token_lifetime  integer check (access_token_lifetime between 1 and 86400),
    signing_alg            text    not null default 'ES256'
);

-- One row a client; the columns carry the names of the OAuth and OpenID client metadata registry.
create table clients (
    client_id                             text        primary key check (length(client_id) between 1 and 255),
    registered_by                         text        not null default 'operator' check (registered_by in ('operator', 'dynamic')),
    client_name                           text        not null,
    client_uri                            text,
    logo_uri                              text,
    tos_uri                               text,
    policy_uri                            text,
    initiate_login_uri                    text,
    contacts                              text[]      not null default '{}',
    software_id                           text,
    software_version                      text,
    application_type                      text        not null default 'web' check (application_type in ('web', 'native')),
    redirect_uris                         text[]      not null default '{}',
    post_logout_redirect_uris             text[]      not null default '{}',
    grant_types                           text[]      not null default '{}',
    response_types                        text[]      not null default '{}',
    token_endpoint_auth_method            text        not null,
    token_endpoint_auth_signing_alg       text,
    jwks                                  text,
    jwks_uri                              text,
    tls_client_auth_subject_dn            text,
    tls_client_auth_san_dns               text,
    tls_client_auth_san_uri               text,
    tls_client_auth_san_ip                text,
    tls_client_auth_san_email             text,
    tls_client_certificate_bound_access_tokens boolean not null default false,
    dpop_bound_access_tokens              boolean     not null default false,
    require_pushed_authorization_requests boolean     not null default false,
    require_signed_request_object         boolean     not null default false,
    request_object_signing_alg            text,
    authorization_signed_response_alg     text,
    scope                                 text[]      not null default '{}',
    subject_type                          text        not null default 'public' check (subject_type in ('public', 'pairwise')),
    sector_identifier_uri                 text,
    id_token_signed_response_alg          text        not null default 'RS256',
    userinfo_signed_response_alg          text,
    introspection_signed_response_alg     text,
    default_max_age                       integer     check (default_max_age >= 0),
    require_auth_time                     boolean     not null default false,
    default_acr_values                    text[]      not null default '{}',
    backchannel_logout_uri                text,
    backchannel_logout_session_required   boolean     not null default false,
    frontchannel_logout_uri               text,
    frontchannel_logout_session_required  boolean     not null default false,
    -- AuthCore's own settings; lifetimes in seconds, null = the server's default
    require_pkce                          boolean     not null default true,
    require_consent                       boolean     not null default true,
    resources                             text[]      not null default '{}',
    default_resource                      text,
    access_token_lifetime                 integer     check (access_token_lifetime between 1 and 86400),
    id_token_lifetime                     integer     check (id_token_lifetime between 1 and 86400),
    refresh_token_idle_lifetime           integer     check (refresh_token_idle_lifetime > 0),
    refresh_token_absolute_lifetime       integer     check (refresh_token_absolute_lifetime > 0),
    refresh_token_rotation                boolean     not null default true,
    refresh_token_retry_window            integer     check (refresh_token_retry_window between 0 and 3600),
    refresh_token_without_offline_access  boolean     not null default true,
    claims_in_id_token                    boolean     not null default false,
    cors_origins                          text[]      not null default '{}',
    disabled_at                           timestamptz
);

create index clients_cors_origins on clients using gin (cors_origins);

-- Two live secrets at most, so that one can be replaced without an outage.
create table client_secrets (
    client_id   text        not null references clients on delete cascade,
    secret_hash bytea       not null check (length(secret_hash) = 32),
    expires_at  timestamptz,
    primary key (client_id, secret_hash)
);

create table users (
    subject               text        primary key check (length(subject) between 1 and 255),
    username              text        not null,
    username_key          text        not null unique,     -- what is compared at sign-in: trimmed, lower case
    email                 text,
    email_key             text        unique,
    email_verified        boolean     not null default false,
    password_hash         text,
    name                  text,
    given_name            text,
    family_name           text,
    middle_name           text,
    nickname              text,
    profile               text,
    picture               text,
    website               text,
    gender                text,
    birthdate             text,
    zoneinfo              text,
    locale                text,
    phone_number          text,
    phone_number_verified boolean     not null default false,
    address_formatted     text,
    street_address        text,
    locality              text,
    region                text,
    postal_code           text,
    country               text,
    updated_at            timestamptz not null,
    disabled_at           timestamptz
);

create table login_failures (
    account        text        not null,                   -- the subject, or the typed name when nobody has it
    source         text        not null,
    failures       integer     not null,
    window_ends_at timestamptz not null,
    locked_until   timestamptz,
    lockouts       integer     not null default 0,
    primary key (account, source)
);

create table sessions (
    id               uuid        primary key,              -- the `sid` of OIDC
    handle_hash      bytea       not null check (length(handle_hash) = 32),
    subject          text        not null references users on delete cascade,
    authenticated_at timestamptz not null,
    acr              text        not null,
    amr              text[]      not null,
    created_at       timestamptz not null,
    last_seen_at     timestamptz not null,
    expires_at       timestamptz not null,
    ended_at         timestamptz
);

create index sessions_subject on sessions (subject) where ended_at is null;
create index sessions_expires_at on sessions (expires_at);

-- A request that waits for a person. Bound to the browser that began it; unbound only between a cross-site POST and the GET that follows it.
create table interactions (
    id                uuid        primary key,
    handle_hash       bytea       not null check (length(handle_hash) = 32),
    browser_hash      bytea,
    created_at        timestamptz not null,
    expires_at        timestamptz not null,
    completed_at      timestamptz,
    client_id         text        not null references clients on delete cascade,
    redirect_uri      text        not null,
    redirect_uri_sent boolean     not null,
    response_mode     text        not null,
    state             text,
    nonce             text,
    scope             text[]      not null,
    resource          text[]      not null,
    code_challenge    text,
    prompt            text[]      not null,
    max_age           integer,
    login_hint        text,
    hinted_subject    text,
    acr_values        text[]      not null,
    claims            text,
    account_chosen_at timestamptz,
    consented_at      timestamptz,
    consented_subject text,
    consented_scope   text[],
    denied_at         timestamptz
);

create index interactions_expires_at on interactions (expires_at);

create table consents (
    subject    text        not null references users on delete cascade,
    client_id  text        not null references clients on delete cascade,
    granted    text[]      not null,
    declined   text[]      not null,
    granted_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (subject, client_id)
);

-- The root of a family: every code and token of one authorization hangs on it, and dies with it.
create table grants (
    id               uuid        primary key,
    client_id        text        not null references clients on delete cascade,
    subject          text        not null references users on delete cascade,
    session_id       uuid,
    offline          boolean     not null,                 -- offline_access: survives the session
    scope            text[]      not null,
    declined         text[]      not null default '{}',
    resource         text[]      not null,
    nonce            text,
    claims           text,
    acr              text        not null,
    amr              text[]      not null,
    authenticated_at timestamptz not null,
    created_at       timestamptz not null,
    expires_at       timestamptz not null,
    revoked_at       timestamptz,
    revoked_because  text
);

create index grants_subject on grants (subject, client_id);
create index grants_session on grants (session_id) where session_id is not null;
create index grants_expires_at on grants (expires_at);

create table authorization_codes (
    grant_id          uuid        not null references grants on delete cascade,
    code_hash         bytea       not null check (length(code_hash) = 32),
    redirect_uri      text        not null,
    redirect_uri_sent boolean     not null,
    code_challenge    text,
    expires_at        timestamptz not null,
    redeemed_at       timestamptz,
    primary key (grant_id, code_hash)
);

create table refresh_tokens (
    grant_id       uuid        not null references grants on delete cascade,
    token_hash     bytea       not null check (length(token_hash) = 32),
    issued_at      timestamptz not null,
    expires_at     timestamptz not null,
    rotated_at     timestamptz,
    rotated_scope  text[],                                 -- what the answer that rotated it carried: a retry gets the same
    successor_hash bytea       check (length(successor_hash) = 32),
    successor      bytea,                                  -- encrypted under a key derived from the presented token
    primary key (grant_id, token_hash),
    check ((rotated_at is null) = (successor_hash is null))
);

create table signing_keys (
    kid         text        primary key,
    alg         text        not null,
    private_key bytea       not null,                      -- PKCS #8 under the master key
    created_at  timestamptz not null,
    retired_at  timestamptz
);

create unique index signing_keys_active on signing_keys (alg) where retired_at is null;

-- The framework's key ring, which antiforgery needs; under the master key.
create table key_ring (
    name text  primary key,
    xml  bytea not null
);

create index authorization_codes_expires_at on authorization_codes (expires_at);
create index refresh_tokens_expires_at on refresh_tokens (expires_at);
