/** Functions, procedures, aggregates and operators. */
import { IN_SCHEMAS, own, ownPart } from "./scope.ts";

export const ROUTINES = `
SELECT 'pg_proc:' || p.oid AS id,
  n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
  format('DROP ROUTINE IF EXISTS %I.%I(%s);', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS drop,
  rtrim(pg_get_functiondef(p.oid), E'\\n') || ';' AS sql
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE ${IN_SCHEMAS} AND p.prokind IN ('f', 'p', 'w') AND ${own("pg_proc", "p.oid")}
  AND ${ownPart("pg_proc", "p.oid")}`;

/** Ordinary aggregates; those over ordered sets are refused. */
export const AGGREGATES = `
SELECT 'pg_proc:' || p.oid AS id,
  n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
  format('DROP AGGREGATE IF EXISTS %I.%I(%s);', n.nspname, p.proname, 
    coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*')) AS drop,
  format('CREATE AGGREGATE %I.%I(%s) (', n.nspname, p.proname,
    coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'))
  || (SELECT string_agg(option, ', ' ORDER BY position) FROM unnest(ARRAY[
    'SFUNC = ' || a.aggtransfn, 'STYPE = ' || format_type(a.aggtranstype, NULL),
    'SSPACE = ' || nullif(a.aggtransspace, 0),
    CASE WHEN a.aggfinalfn::oid <> 0 THEN 'FINALFUNC = ' || a.aggfinalfn END,
    CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    CASE WHEN a.aggfinalfn::oid <> 0 AND a.aggfinalmodify <> 'r' THEN 'FINALFUNC_MODIFY = '
      || CASE a.aggfinalmodify WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    CASE WHEN a.aggcombinefn::oid <> 0 THEN 'COMBINEFUNC = ' || a.aggcombinefn END,
    CASE WHEN a.aggserialfn::oid <> 0 THEN 'SERIALFUNC = ' || a.aggserialfn END,
    CASE WHEN a.aggdeserialfn::oid <> 0 THEN 'DESERIALFUNC = ' || a.aggdeserialfn END,
    'INITCOND = ' || quote_literal(a.agginitval),
    CASE WHEN a.aggmtransfn::oid <> 0 THEN 'MSFUNC = ' || a.aggmtransfn END,
    CASE WHEN a.aggminvtransfn::oid <> 0 THEN 'MINVFUNC = ' || a.aggminvtransfn END,
    CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END,
    'MSSPACE = ' || nullif(a.aggmtransspace, 0),
    CASE WHEN a.aggmfinalfn::oid <> 0 THEN 'MFINALFUNC = ' || a.aggmfinalfn END,
    CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
    CASE WHEN a.aggmfinalfn::oid <> 0 AND a.aggmfinalmodify <> 'r' THEN 'MFINALFUNC_MODIFY = '
      || CASE a.aggmfinalmodify WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    'MINITCOND = ' || quote_literal(a.aggminitval),
    (SELECT format('SORTOP = OPERATOR(%I.%s)', sn.nspname, o.oprname)
      FROM pg_operator o JOIN pg_namespace sn ON sn.oid = o.oprnamespace WHERE o.oid = a.aggsortop),
    CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END
  ]) WITH ORDINALITY AS options (option, position)) || ');' AS sql
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE ${IN_SCHEMAS} AND a.aggkind = 'n' AND ${own("pg_proc", "p.oid")}`;

/**
 * Operators with a function. One that names another as its commutator or negator has PostgreSQL
 * keep a place for it, so that no order is needed among them.
 */
export const OPERATORS = `
SELECT 'pg_operator:' || o.oid AS id, n.nspname || '.' || o.oprname || args.list AS name,
  format('DROP OPERATOR IF EXISTS %I.%s %s;', n.nspname, o.oprname, args.list) AS drop,
  format('CREATE OPERATOR %I.%s (', n.nspname, o.oprname)
  || (SELECT string_agg(option, ', ' ORDER BY position) FROM unnest(ARRAY[
    'FUNCTION = ' || o.oprcode,
    CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || format_type(o.oprleft, NULL) END,
    'RIGHTARG = ' || format_type(o.oprright, NULL),
    (SELECT format('COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
      FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprcom),
    (SELECT format('NEGATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname)
      FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprnegate),
    CASE WHEN o.oprrest::oid <> 0 THEN 'RESTRICT = ' || o.oprrest END,
    CASE WHEN o.oprjoin::oid <> 0 THEN 'JOIN = ' || o.oprjoin END,
    CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END
  ]) WITH ORDINALITY AS options (option, position)) || ');' AS sql
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
CROSS JOIN LATERAL (SELECT format('(%s, %s)', CASE WHEN o.oprleft = 0 THEN 'NONE'
  ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL)) AS list) args
WHERE ${IN_SCHEMAS} AND o.oprcode::oid <> 0 AND ${own("pg_operator", "o.oid")}`;

export const TEXT_SEARCH = `
SELECT 'pg_ts_dict:' || d.oid AS id, n.nspname || '.' || d.dictname AS name,
  format('DROP TEXT SEARCH DICTIONARY IF EXISTS %I.%I;', n.nspname, d.dictname) AS drop,
  format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s);', n.nspname, d.dictname,
    tn.nspname, t.tmplname, ', ' || d.dictinitoption) AS sql
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_ts_dict", "d.oid")}
UNION ALL
SELECT 'pg_ts_config:' || c.oid, n.nspname || '.' || c.cfgname,
  format('DROP TEXT SEARCH CONFIGURATION IF EXISTS %I.%I;', n.nspname, c.cfgname),
  format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I);', n.nspname, c.cfgname, pn.nspname, p.prsname)
  || coalesce((SELECT string_agg(format(E'\\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s;',
      n.nspname, c.cfgname, token.alias, dictionaries.names), '' ORDER BY token.tokid)
    FROM ts_token_type(p.oid) token CROSS JOIN LATERAL (
      SELECT string_agg(format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS names
      FROM pg_ts_config_map m JOIN pg_ts_dict d ON d.oid = m.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace
      WHERE m.mapcfg = c.oid AND m.maptokentype = token.tokid) dictionaries
    WHERE dictionaries.names IS NOT NULL), '')
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE ${IN_SCHEMAS} AND ${own("pg_ts_config", "c.oid")}`;
