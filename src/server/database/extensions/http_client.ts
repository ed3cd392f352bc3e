/** `http` in SQL: its types and functions, over a device of the worker's that asks the network. */

/** Takes a request as hexadecimal JSON, then gives the answer as JSON. */
export const HTTP_DEVICE = "/dev/insforge_http";

export const HTTP_CLIENT = {
  control: `comment = 'HTTP client for PostgreSQL, allows web page retrieval inside the database.'
default_version = '1.6'
relocatable = false
trusted = true
`,
  sql: `
CREATE DOMAIN http_method AS text
  CHECK (VALUE ~* '^(get|post|put|delete|patch|head|options)$');
CREATE DOMAIN content_type AS text CHECK (VALUE ~ '^\\S+/\\S+');
CREATE TYPE http_header AS (field varchar, value varchar);
CREATE TYPE http_response AS (
  status integer, content_type varchar, headers http_header[], content varchar
);
CREATE TYPE http_request AS (
  method http_method, uri varchar, headers http_header[], content_type varchar, content varchar
);

CREATE FUNCTION http_header(field varchar, value varchar) RETURNS http_header
LANGUAGE sql IMMUTABLE AS $$ SELECT $1, $2 $$;

CREATE FUNCTION http_headers(VARIADIC args text[]) RETURNS http_header[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg((args[n], args[n + 1])::@extschema@.http_header)
  FROM generate_series(1, cardinality(args), 2) n
$$;

-- The options of a session, which are settings that begin with http.
CREATE FUNCTION http_set_curlopt(curlopt varchar, value varchar) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF upper(curlopt) NOT IN ('CURLOPT_TIMEOUT', 'CURLOPT_TIMEOUT_MS', 'CURLOPT_USERAGENT') THEN
    RAISE feature_not_supported USING
      MESSAGE = format('curl option %s is not known here', upper(curlopt)),
      HINT = 'CURLOPT_TIMEOUT, CURLOPT_TIMEOUT_MS and CURLOPT_USERAGENT are.';
  END IF;
  PERFORM set_config('http.' || lower(curlopt), value, false);
  RETURN true;
END
$$;

CREATE FUNCTION http_list_curlopt() RETURNS TABLE (curlopt text, value text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT name, current_setting('http.' || lower(name), true)
  FROM unnest('{CURLOPT_TIMEOUT,CURLOPT_TIMEOUT_MS,CURLOPT_USERAGENT}'::text[]) name
  WHERE current_setting('http.' || lower(name), true) <> ''
$$;

CREATE FUNCTION http_reset_curlopt() RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT set_config('http.curlopt_timeout', '', false) IS NOT NULL
    AND set_config('http.curlopt_timeout_ms', '', false) IS NOT NULL
    AND set_config('http.curlopt_useragent', '', false) IS NOT NULL
$$;

CREATE FUNCTION urlencode(string varchar) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(string_agg(CASE
    WHEN c ~ '^[A-Za-z0-9._~-]$' THEN c
    WHEN c = ' ' THEN '+'
    ELSE regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\\1', 'g')
  END, '' ORDER BY n), '')
  FROM regexp_split_to_table(string, '') WITH ORDINALITY AS characters (c, n)
$$;

CREATE FUNCTION urlencode(string bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT regexp_replace(upper(encode(string, 'hex')), '(..)', '%\\1', 'g')
$$;

CREATE FUNCTION urlencode(data jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT string_agg(
    @extschema@.urlencode(key::varchar) || '=' || @extschema@.urlencode(value::varchar), '&'
  )
  FROM jsonb_each_text(data)
$$;

CREATE FUNCTION text_to_bytea(data text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT convert_to(data, 'UTF8') $$;

CREATE FUNCTION bytea_to_text(data bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT convert_from(data, 'UTF8') $$;

-- As its owner, the superuser, who alone reaches the device.
CREATE FUNCTION http(request http_request) RETURNS http_response
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asked jsonb := jsonb_build_object(
    'method', upper(request.method),
    'url', request.uri,
    'headers', (SELECT jsonb_agg(jsonb_build_array(field, value)) FROM unnest(request.headers)),
    'contentType', request.content_type,
    'content', request.content,
    'userAgent', nullif(current_setting('http.curlopt_useragent', true), ''),
    'milliseconds', coalesce(
      nullif(current_setting('http.curlopt_timeout_ms', true), '')::integer,
      nullif(current_setting('http.curlopt_timeout', true), '')::integer * 1000,
      nullif(current_setting('http.timeout_msec', true), '')::integer,
      5000
    )
  );
  answer jsonb;
BEGIN
  EXECUTE format(
    'COPY (SELECT %L) TO ''${HTTP_DEVICE}''', encode(convert_to(asked::text, 'UTF8'), 'hex')
  );
  answer := convert_from(pg_read_binary_file('${HTTP_DEVICE}'), 'UTF8')::jsonb;
  IF answer ? 'failure' THEN
    RAISE external_routine_exception USING MESSAGE = answer ->> 'failure';
  END IF;
  RETURN (
    (answer ->> 'status')::integer,
    answer ->> 'contentType',
    (
      SELECT array_agg((header ->> 0, header ->> 1)::@extschema@.http_header ORDER BY n)
      FROM jsonb_array_elements(answer -> 'headers') WITH ORDINALITY AS headers (header, n)
    ),
    answer ->> 'content'
  )::@extschema@.http_response;
END
$$;
-- An app's users would reach whatever this machine does.
REVOKE ALL ON FUNCTION http(http_request) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION http(http_request) TO project_admin;

CREATE FUNCTION http_get(uri varchar) RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('GET', $1, NULL, NULL, NULL)::@extschema@.http_request)
$$;
CREATE FUNCTION http_get(uri varchar, data jsonb) RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(
    ('GET', $1 || '?' || @extschema@.urlencode($2), NULL, NULL, NULL)::@extschema@.http_request)
$$;
CREATE FUNCTION http_head(uri varchar) RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('HEAD', $1, NULL, NULL, NULL)::@extschema@.http_request)
$$;
CREATE FUNCTION http_post(uri varchar, content varchar, content_type varchar)
RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('POST', $1, NULL, $3, $2)::@extschema@.http_request)
$$;
CREATE FUNCTION http_post(uri varchar, data jsonb) RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('POST', $1, NULL, 'application/x-www-form-urlencoded',
    @extschema@.urlencode($2))::@extschema@.http_request)
$$;
CREATE FUNCTION http_put(uri varchar, content varchar, content_type varchar)
RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('PUT', $1, NULL, $3, $2)::@extschema@.http_request)
$$;
CREATE FUNCTION http_patch(uri varchar, content varchar, content_type varchar)
RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('PATCH', $1, NULL, $3, $2)::@extschema@.http_request)
$$;
CREATE FUNCTION http_delete(uri varchar) RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('DELETE', $1, NULL, NULL, NULL)::@extschema@.http_request)
$$;
CREATE FUNCTION http_delete(uri varchar, content varchar, content_type varchar)
RETURNS http_response LANGUAGE sql AS $$
  SELECT @extschema@.http(('DELETE', $1, NULL, $3, $2)::@extschema@.http_request)
$$;
`,
} as const;
