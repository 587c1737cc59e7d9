-- Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

-- A UTF-8 text in the database's own encoding. Characters that this encoding lacks become question marks, so that every rejected
-- record can be stored.
CREATE OR REPLACE FUNCTION ingest.readable(utf8 bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $function$
DECLARE
    result text := '';
    at     integer := 0;
    bytes  integer;
    lead   integer;
BEGIN
    RETURN convert_from(utf8, 'UTF8');
EXCEPTION WHEN untranslatable_character OR character_not_in_repertoire THEN
    WHILE at < length(utf8) LOOP
        lead := get_byte(utf8, at);
        bytes := CASE WHEN lead < 192 THEN 1 WHEN lead < 224 THEN 2 WHEN lead < 240 THEN 3 ELSE 4 END;
        BEGIN
            result := result || convert_from(substr(utf8, at + 1, bytes), 'UTF8');
        EXCEPTION WHEN untranslatable_character OR character_not_in_repertoire THEN
            result := result || '?';
        END;
        at := at + bytes;
    END LOOP;
    RETURN result;
END
$function$;
