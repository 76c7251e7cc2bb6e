package flow_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// forgeries are the rules for ID tokens, each with a token that breaks one of
// them, or that looks as if. An empty why means that the token is verified.
var forgeries = []struct {
	forged string
	forge  func(*forgery)
	why    string
}{
	{"nothing, ES256", func(*forgery) {}, ""},
	{"nothing, RS256", func(f *forgery) { f.sign("RS256", "rs", idKeys().rs) }, ""},
	{"nothing, PS256", func(f *forgery) { f.sign("PS256", "rs", idKeys().rs); delete(f.keys()[0].(map[string]any), "alg") }, ""},
	{"nothing, ES384", func(f *forgery) { f.sign("ES384", "es384", idKeys().es384) }, ""},
	{"nothing, ES512", func(f *forgery) { f.sign("ES512", "es512", idKeys().es512) }, ""},
	{"nothing, EdDSA", func(f *forgery) { f.sign("EdDSA", "ed", idKeys().ed) }, ""},
	{"nothing, without a kid", func(f *forgery) { delete(f.header, "kid") }, ""},
	{"nothing, claims that nobody knows", claim("https://as.example/level", map[string]any{"a": []any{1, nil}}), ""},

	// OpenID Connect Core §3.1.3.7.
	{"rule 1: it is encrypted", func(f *forgery) { f.token = "e30.e30.e30.e30.e30" }, "it is encrypted"},
	{"rule 2: iss of another server", claim("iss", "https://evil.example"), `its iss is "https://evil.example", not the issuer "https://as.example"`},
	{"rule 2: iss with a slash more", claim("iss", idIssuer+"/"), `its iss is "https://as.example/"`},
	{"rule 2: iss in capitals", claim("iss", "HTTPS://AS.EXAMPLE"), "its iss is"},
	{"rule 2: no iss", claim("iss", nil), "it has no iss"},
	{"rule 2: iss is null", func(f *forgery) { f.claims["iss"] = json.RawMessage("null") }, "it has no iss"},
	{"rule 2: iss is a list", claim("iss", []string{idIssuer}), `its iss is ["https://as.example"], not a string`},
	{"rule 2: iss of Google without its scheme", both(claim("iss", "accounts.google.com"), func(f *forgery) { f.metadata.Issuer = "https://accounts.google.com" }), ""},
	{"rule 2: iss of another server without its scheme", claim("iss", "as.example"), "its iss is"},
	{"rule 2: the tenant of a shared issuer", template("72f9", "https://login.example/72f9/v2.0"), ""},
	{"rule 2: another tenant than tid", template("72f9", "https://login.example/evil/v2.0"), `its iss is "https://login.example/evil/v2.0", not the issuer "https://login.example/… (4 characters)/v2.0"`},
	{"rule 2: another server under a shared issuer", template("72f9", "https://evil.example/72f9/v2.0"), "its iss is"},
	{"rule 2: no tid under a shared issuer", template("", "https://login.example//v2.0"), "its tid is"},
	{"rule 2: a path for a tid", template("a/b", "https://login.example/a/b/v2.0"), "its tid is"},
	{"rule 2: the template itself", template("{tenantid}", "https://login.example/{tenantid}/v2.0"), "its tid is"},
	{"rule 2: a key for another tenant", both(template("72f9", "https://login.example/72f9/v2.0"), func(f *forgery) {
		f.keys()[1].(map[string]any)["issuer"] = "https://login.example/9188/v2.0"
	}), "the key that signed it is for the issuer"},
	{"rule 2: a key for any tenant", both(template("72f9", "https://login.example/72f9/v2.0"), func(f *forgery) {
		f.keys()[1].(map[string]any)["issuer"] = "https://login.example/{tenantid}/v2.0"
	}), ""},
	{"rule 3: aud of another client", claim("aud", "evil-client"), `its aud is "evil-client", and not this client`},
	{"rule 3: aud names another client too", claim("aud", []string{clientID, "evil-client"}), `its aud names "evil-client" too`},
	{"rule 3: aud names another client first", claim("aud", []string{"evil-client", clientID}), `its aud names "evil-client" too`},
	{"rule 3: aud names this client in a list", claim("aud", []string{clientID}), ""},
	{"rule 3: aud names others, and azp this client", both(claim("aud", []string{clientID, "evil-client"}), claim("azp", clientID)), `its aud names "evil-client" too`},
	{"rule 3: aud is empty", claim("aud", []string{}), "its aud is []"},
	{"rule 3: no aud", claim("aud", nil), "it has no aud"},
	{"rule 3: aud with a space more", claim("aud", clientID+" "), "its aud is"},
	{"rule 3: aud in capitals", claim("aud", strings.ToUpper(clientID)), "its aud is"},
	{"rule 3: aud with a number", claim("aud", []any{clientID, 7}), "neither a string nor an array of strings"},
	{"rule 3: aud is an object", claim("aud", map[string]any{clientID: true}), "neither a string nor an array of strings"},
	{"rule 5: azp of another client", claim("azp", "evil-client"), `its azp is "evil-client"`},
	{"rule 5: azp is this client", claim("azp", clientID), ""},
	{"rule 5: azp is empty", claim("azp", ""), `its azp is ""`},
	{"rule 5: azp is a list", claim("azp", []string{clientID}), "its azp is"},
	{"rule 5: azp of another client behind 200 claims", func(f *forgery) {
		for i := range 200 {
			f.claims[fmt.Sprintf("a%03d", i)] = i
		}
		f.claims["azp"] = "evil-client"
	}, `its azp is "evil-client"`},
	{"rule 6: another key", func(f *forgery) { f.key = idKeys().mallory }, `its signature does not match the server's key "… (2 characters)"`},
	{"rule 6: another claim under the same signature", func(f *forgery) {
		parts := strings.Split(f.compact(), ".")
		f.claims["sub"] = "mallory"
		f.token = parts[0] + "." + strings.Split(f.compact(), ".")[1] + "." + parts[2]
	}, "its signature does not match"},
	{"rule 6: no signature", func(f *forgery) { f.key = nil }, "its signature does not match"},
	{"rule 6: another key of the same server", func(f *forgery) { f.key = idKeys().es384; f.header["kid"] = "es384" }, "cannot sign with ES256"},
	{"rule 7: an algorithm that the metadata does not list", func(f *forgery) {
		f.metadata.SigningAlgs = []safe.Foreign{"RS256"}
	}, "the server's metadata allows RS256 only"},
	{"rule 7: ES256 where the metadata lists nothing", func(f *forgery) { f.metadata.SigningAlgs = nil }, "allows RS256 only"},
	{"rule 7: RS256 where the metadata lists nothing", func(f *forgery) {
		f.metadata.SigningAlgs = nil
		f.sign("RS256", "rs", idKeys().rs)
	}, ""},
	{"rule 8: signed with the client secret", func(f *forgery) { f.sign("HS256", "", []byte(idSecret)) }, ""},
	{"rule 8: signed with the client secret, HS512", func(f *forgery) { f.sign("HS512", "", []byte(idSecret)) }, ""},
	{"rule 8: signed with another secret", func(f *forgery) { f.sign("HS256", "", []byte("another "+idSecret)) }, "its signature does not match the client secret"},
	{"rule 8: signed with no secret", func(f *forgery) { f.sign("HS256", "", []byte{}); f.config.ClientSecret = "" }, "this walk has no client secret"},
	{"rule 8: signed with a short secret (§16.19)", func(f *forgery) { f.sign("HS256", "", []byte("short")); f.config.ClientSecret = "short" }, "and the client secret has 5"},
	{"rule 8: HS256 that the metadata does not list", func(f *forgery) {
		f.sign("HS256", "", []byte(idSecret))
		f.metadata.SigningAlgs = []safe.Foreign{"ES256"}
	}, "allows ES256 only"},
	{"rule 9: exp was a second ago", claim("exp", idNow.Unix()-1), "it expired at 2030-01-02T03:04:04Z, 1 s ago"},
	{"rule 9: exp is now", claim("exp", idNow.Unix()), "it expired at 2030-01-02T03:04:05Z, 0 s ago"},
	{"rule 9: exp is in a second", claim("exp", idNow.Unix()+1), ""},
	{"rule 9: no exp", claim("exp", nil), "it has no exp"},
	{"rule 10: iat is a day ahead", claim("iat", idNow.Unix()+86400), "its iat is 24 h in the future"},
	{"rule 10: iat is four minutes ahead", claim("iat", idNow.Unix()+240), ""},
	{"rule 10: iat is six minutes ahead", claim("iat", idNow.Unix()+360), "its iat is 6 min in the future"},
	{"rule 10: iat is before the walk", claim("iat", idNow.Unix()-86400), "before this walk asked for it"},
	{"rule 10: no iat", claim("iat", nil), "it has no iat"},
	{"rule 11: another nonce", claim("nonce", "replayed"), "its nonce is not the one that was sent"},
	{"rule 11: no nonce", claim("nonce", nil), "it has no nonce"},
	{"rule 11: nonce is a number", claim("nonce", 7), "its nonce is 7, not a string"},
	{"rule 11: nonce is a list", claim("nonce", []string{idNonce}), "not a string"},
	{"rule 11: a nonce that was never sent", func(f *forgery) { f.request.Nonce = "" }, "it has a nonce, and none was sent"},
	{"rule 11: no nonce was sent, and there is none", both(claim("nonce", nil), func(f *forgery) { f.request.Nonce = "" }), ""},
	{"rule 12: another acr than was asked for", both(requesting("acr_values", "gold silver"), claim("acr", "bronze")), `its acr is "bronze", and "gold silver" was asked for`},
	{"rule 12: no acr, and one was asked for", requesting("acr_values", "gold"), `its acr is ""`},
	{"rule 12: the acr that was asked for", both(requesting("acr_values", "gold silver"), claim("acr", "silver")), ""},
	{"rule 12: another acr than the parameter claims asks for", both(requesting("claims", `{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`), claim("acr", "0")), `and "gold" was asked for`},
	{"rule 12: an acr for the parameter claims, and acr_values for others after it", both(requesting("claims", `{"id_token":{"acr":{"essential":true,"value":"gold"}}}`), requesting("acr_values", "silver"), claim("acr", "silver")), `and "gold" was asked for`},
	{"rule 12: an acr for the parameter claims, and acr_values for others before it", both(requesting("acr_values", "silver"), requesting("claims", `{"id_token":{"acr":{"essential":true,"value":"gold"}}}`), claim("acr", "silver")), `and "gold" was asked for`},
	{"rule 12: acr_values in the endpoint's own query", both(ownQuery("acr_values=gold"), claim("acr", "silver")), `and "gold" was asked for`},
	{"rule 12: an acr that nobody asked for", claim("acr", "0"), ""},
	{"rule 13: no auth_time, and max_age was sent", requesting("max_age", "60"), "it has no auth_time"},
	{"rule 13: the login is older than max_age", both(requesting("max_age", "60"), claim("auth_time", idNow.Unix()-3600)), "its auth_time is 59 min 59 s before its iat, and max_age allows 1 min"},
	{"rule 13: the login is younger than max_age", both(requesting("max_age", "60"), claim("auth_time", idNow.Unix()-30)), ""},
	{"rule 13: the login is a little older than max_age, as the server's clock has it", both(requesting("max_age", "60"), claim("auth_time", idNow.Unix()-100)), "its auth_time is 1 min 39 s before its iat"},
	{"rule 13: the login is younger than max_age, by a clock that is four minutes slow", both(requesting("max_age", "60"), claim("iat", idNow.Unix()-240), claim("auth_time", idNow.Unix()-290)), ""},
	{"rule 13: max_age in the endpoint's own query", both(ownQuery("max_age=60"), claim("auth_time", idNow.Unix()-3600)), "and max_age allows 1 min"},
	{"rule 13: max_age in the query of the endpoint for pushed requests", func(f *forgery) { f.metadata.PAREndpoint = idIssuer + "/par?max_age=60" }, "it has no auth_time"},
	{"rule 13: max_age is no number", both(requesting("max_age", "soon"), claim("auth_time", idNow.Unix())), `max_age "soon"`},
	{"rule 13: no auth_time, and the parameter claims asks for it", requesting("claims", `{"id_token":{"auth_time":{"essential":true}}}`), "it has no auth_time"},
	{"rule 13: auth_time in the future", claim("auth_time", idNow.Unix()+86400), "its auth_time is 24 h in the future"},
	{"another user than the parameter claims asks for", requesting("claims", `{"id_token":{"sub":{"value":"bob"}}}`), `not the user "bob"`},
	{"the parameter claims is not JSON", requesting("claims", "acr"), "the parameter claims"},

	// OpenID Connect Core §2.
	{"no sub", claim("sub", nil), "it has no sub"},
	{"sub is empty", claim("sub", ""), "it has no sub"},
	{"sub is a number", claim("sub", 1), "its sub is 1, not a string"},
	{"sub of 255 characters", claim("sub", strings.Repeat("a", 255)), ""},
	{"sub of 256 characters", claim("sub", strings.Repeat("a", 256)), "its sub has 256 characters"},

	// OpenID Connect Core §3.1.3.6 and §3.1.3.8.
	{"at_hash of another access token", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "its at_hash is not"},
	{"at_hash is empty", claim("at_hash", ""), "its at_hash is not"},
	{"at_hash is a number", claim("at_hash", 1), "its at_hash is 1"},
	{"the right at_hash", func(f *forgery) { sum := sha256.Sum256([]byte(theAccess)); f.claims["at_hash"] = atHash(sum[:]) }, ""},
	{"the right at_hash, ES384", func(f *forgery) {
		f.sign("ES384", "es384", idKeys().es384)
		sum := sha512.Sum384([]byte(theAccess))
		f.claims["at_hash"] = atHash(sum[:])
	}, ""},
	{"the right at_hash, EdDSA", func(f *forgery) {
		f.sign("EdDSA", "ed", idKeys().ed)
		sum := sha512.Sum512([]byte(theAccess))
		f.claims["at_hash"] = atHash(sum[:])
	}, ""},
	{"the right at_hash, HS256", func(f *forgery) {
		f.sign("HS256", "", []byte(idSecret))
		sum := sha256.Sum256([]byte(theAccess))
		f.claims["at_hash"] = atHash(sum[:])
	}, ""},

	// RFC 7519 §4: names are unique, and compared exactly.
	{"a second azp behind the right one", func(f *forgery) {
		f.claims["azp"] = clientID
		f.claimsJSON = twice(f.claims, "", `,"azp":"evil-client"`)
	}, `"azp" appears more than once`},
	{"a second azp before the right one", func(f *forgery) {
		f.claims["azp"] = clientID
		f.claimsJSON = twice(f.claims, `"azp":"evil-client",`, "")
	}, `"azp" appears more than once`},
	{"a second nonce", func(f *forgery) { f.claimsJSON = twice(f.claims, `"nonce":"replayed",`, "") }, `"nonce" appears more than once`},
	{"a second nonce, written with an escape", func(f *forgery) { f.claimsJSON = twice(f.claims, `"\u006eonce":"replayed",`, "") }, `"nonce" appears more than once`},
	{"a second claim that nobody checks", func(f *forgery) { f.claimsJSON = twice(f.claims, `"email":"a@as.example","email":"b@as.example",`, "") }, `"email" appears more than once`},
	{"a second name deeper inside", claim("address", json.RawMessage(`{"country":"a","country":"b"}`)), ""},
	{"NONCE for nonce", both(claim("nonce", nil), claim("NONCE", idNonce)), "it has no nonce"},
	{"Aud for aud", both(claim("aud", nil), claim("Aud", clientID)), "it has no aud"},
	{"ISS for iss", both(claim("iss", nil), claim("ISS", idIssuer)), "it has no iss"},
	{"EXP for exp", both(claim("exp", nil), claim("EXP", idNow.Unix()+60)), "it has no exp"},
	{"ſub for sub", both(claim("sub", nil), claim("ſub", "mallory")), "it has no sub"},
	{"another NONCE beside the right nonce", claim("NONCE", "replayed"), ""},
	{"another ISS beside the right iss", claim("ISS", "https://evil.example"), ""},

	// RFC 7519 §2 and §4.1: NumericDate.
	{"exp is a string", claim("exp", fmt.Sprint(idNow.Unix()+60)), `its exp is "… (10 characters)", not a time`},
	{"exp is a date", claim("exp", "2031-01-01T00:00:00Z"), "not a time"},
	{"exp is negative", claim("exp", -1), "its exp is -1, not a time"},
	{"exp is beyond all calendars", claim("exp", json.Number("1e300")), "not a time"},
	{"exp is larger than any number", claim("exp", json.Number("1e999")), "not a time"},
	{"exp in milliseconds", claim("exp", idNow.UnixMilli()), "not a time"},
	{"exp is a list", claim("exp", []int{1}), "not a time"},
	{"exp is true", claim("exp", true), "not a time"},
	{"exp with a fraction", claim("exp", float64(idNow.Unix())+0.5), ""},
	{"exp with an exponent", claim("exp", json.Number("2e9")), ""},
	{"iat is a string", claim("iat", fmt.Sprint(idNow.Unix())), "its iat is"},
	{"nbf is in the future", claim("nbf", idNow.Unix()+3600), "its nbf is 1 h in the future"},
	{"nbf is a string", claim("nbf", "0"), "its nbf is"},
	{"nbf is in the past", claim("nbf", idNow.Unix()-60), ""},
	{"auth_time is a string", claim("auth_time", "0"), "its auth_time is"},

	// RFC 7515 and RFC 8725: the header.
	{"alg none", func(f *forgery) { f.sign("none", "", nil) }, `it is not signed: its header has alg "none"`},
	{"alg NoNe, and the metadata lists it", func(f *forgery) { f.sign("NoNe", "", nil); f.metadata.SigningAlgs = []safe.Foreign{"NoNe"} }, "it is not signed"},
	{"no alg", func(f *forgery) { delete(f.header, "alg") }, "it is not signed"},
	{"ALG for alg", func(f *forgery) { delete(f.header, "alg"); f.header["ALG"] = "ES256" }, "it is not signed"},
	{"alg is a list", func(f *forgery) { f.headerJSON = `{"alg":["ES256"],"kid":"es"}` }, "its header cannot be read"},
	{"alg that nobody knows, and the metadata lists it", func(f *forgery) { f.header["alg"] = "XS256"; f.metadata.SigningAlgs = []safe.Foreign{"XS256"} }, `alg "… (5 characters)", an algorithm that is unknown here`},
	{"alg twice", func(f *forgery) { f.headerJSON = `{"alg":"ES256","alg":"none","kid":"es"}` }, `"alg" appears more than once`},
	{"HS256 with the server's public key", func(f *forgery) {
		raw, _ := json.Marshal(f.keys()[1])
		f.sign("HS256", "es", raw)
	}, "its signature does not match the client secret"},
	{"HS256 with an empty secret and a key set of symmetric keys", func(f *forgery) {
		f.sign("HS256", "oct", bytes.Repeat([]byte("k"), 32))
		f.setKey(map[string]any{"kty": "oct", "kid": "oct", "k": b64(strings.Repeat("k", 32))})
	}, "its signature does not match the client secret"},
	{"crit", headerMember("crit", []string{"exp"}), `its header has crit ["exp"]`},
	{"crit is null", headerMember("crit", nil), "its header has crit null"},
	{"b64 false", both(headerMember("b64", false), headerMember("crit", []string{"b64"})), "crit"},
	{"b64 false without crit", headerMember("b64", false), "b64 false"},
	{"the forger's key in jwk", func(f *forgery) {
		f.key = idKeys().mallory
		f.header["jwk"] = publicJWK("es", &idKeys().mallory.PublicKey, "ES256")
	}, "its signature does not match"},
	{"the forger's address in jku and x5u", func(f *forgery) {
		f.key = idKeys().mallory
		f.header["jku"], f.header["x5u"] = "https://evil.example/jwks", "https://evil.example/cert"
	}, "its signature does not match"},
	{"an access token (RFC 9068)", headerMember("typ", "at+jwt"), `its header has typ "at+jwt"`},
	{"a logout token", headerMember("typ", "Logout+JWT"), "it is a token of another type"},
	{"no typ", func(f *forgery) { delete(f.header, "typ") }, ""},
	{"kid of no key", headerMember("kid", "gone"), `the server's key set has no key with the kid "gone"`},
	{"kid is a number", headerMember("kid", 1), "its header cannot be read"},

	// The form of the token.
	{"no token at all", func(f *forgery) { f.token = "what?" }, "it is not a JWT"},
	{"no JSON in it", func(f *forgery) { f.token = "bm8.bm8.bm8" }, "it is not a JSON object"},
	{"padding", func(f *forgery) { f.token = f.compact() + "=" }, "is not base64url"},
	{"a line break", func(f *forgery) { f.token = strings.Replace(f.compact(), ".", ".\n", 1) }, "is not base64url"},
	{"a space", func(f *forgery) { f.token = f.compact() + " " }, "is not base64url"},
	{"the JSON serialization", func(f *forgery) {
		parts := strings.Split(f.compact(), ".")
		f.token = fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, parts[0], parts[1], parts[2])
	}, "it is not a JWT"},
	{"claims that are a list", func(f *forgery) { f.claimsJSON = `["iss"]` }, "it is not a JSON object"},
	{"claims with something behind them", func(f *forgery) { f.claimsJSON = twice(f.claims, "", "") + "{}" }, "its claims cannot be read"},
	{"claims that are not UTF-8", claimsBytes, "it is not UTF-8"},
	{"a nesting without end", claim("deep", json.RawMessage(strings.Repeat("[", 9000)+strings.Repeat("]", 9000))), ""},
	{"words that act on a terminal", claim("aud", "\x1b[31m\u202e"), "its aud is"},

	// RFC 7517 and RFC 7518: the keys.
	{"no keys", func(f *forgery) { f.keySet = map[string]any{"keys": []any{}} }, "the server published no keys"},
	{"no member keys", func(f *forgery) { f.keySet = map[string]any{} }, "the server published no keys"},
	{"KEYS for keys", func(f *forgery) { f.keySet = map[string]any{"KEYS": f.keys()} }, "the server published no keys"},
	{"keys that are none", func(f *forgery) { f.keySet = map[string]any{"keys": "none"} }, "the server's key set cannot be read"},
	{"two lists of keys", func(f *forgery) {
		raw, _ := json.Marshal(f.keys())
		f.keySet = `{"keys":[],"keys":` + string(raw) + `}`
	}, `"keys" appears more than once`},
	{"a key set that is not JSON", func(f *forgery) { f.keySet = "<html>" }, "is not a key set"},
	{"keys of unknown kinds beside the right one", func(f *forgery) {
		f.keySet = map[string]any{"keys": []any{7, nil, "es", map[string]any{"kty": "XX", "kid": "es"}, f.keys()[1]}}
	}, ""},
	{"only keys of unknown kinds", func(f *forgery) { f.setKey(map[string]any{"kty": "XX", "kid": "es"}) }, `of the type "… (2 characters)"`},
	{"a key without a kid", func(f *forgery) { delete(f.keys()[1].(map[string]any), "kid") }, ""},
	{"a key for encryption", func(f *forgery) { f.keys()[1].(map[string]any)["use"] = "enc" }, "is not for signatures"},
	{"a key for signing only", func(f *forgery) { f.keys()[1].(map[string]any)["key_ops"] = []string{"sign"} }, "is not for signatures"},
	{"a key for another algorithm", func(f *forgery) { f.keys()[1].(map[string]any)["alg"] = "ES384" }, "is for ES384"},
	{"a key of another type", func(f *forgery) { f.header["kid"] = "rs" }, `of the type "RSA", which cannot sign with ES256`},
	{"a key on another curve", func(f *forgery) { f.sign("ES256", "es384", idKeys().es384) }, `of the type "EC P-384", which cannot sign with ES256`},
	{"a private key, published", func(f *forgery) {
		raw, _ := jose.JSONWebKey{Key: idKeys().es, KeyID: "es"}.MarshalJSON()
		f.setKey(object(raw))
	}, "is published with its private part"},
	{"an RSA key of 1024 bits", func(f *forgery) {
		f.sign("RS256", "weak", idKeys().weak)
		f.setKey(publicJWK("weak", &idKeys().weak.PublicKey, "RS256"))
	}, "has 1024 bits, and an RSA key needs at least 2048"},
	{"an RSA key of 100,000 bits", func(f *forgery) {
		f.sign("RS256", "rs", idKeys().rs)
		f.setKey(map[string]any{"kty": "RSA", "kid": "rs", "n": b64(strings.Repeat("\xff", 12500)), "e": "AQAB"})
	}, "is larger than the 4096 bits"},
	{"an RSA exponent of 100,000 bits", func(f *forgery) {
		f.sign("RS256", "rs", idKeys().rs)
		key := publicJWK("rs", &idKeys().rs.PublicKey, "RS256")
		key["e"] = b64(strings.Repeat("\xff", 12500))
		f.setKey(key)
	}, "is larger than"},
	{"an RSA exponent of 1", func(f *forgery) {
		f.sign("RS256", "rs", idKeys().rs)
		key := publicJWK("rs", &idKeys().rs.PublicKey, "RS256")
		key["e"] = "AQ"
		f.setKey(key)
	}, "cannot be used"},
	{"a point that is not on the curve", func(f *forgery) { key := f.keys()[1].(map[string]any); key["x"] = key["y"] }, "cannot be used"},
	{"certificates that are none", func(f *forgery) { f.keys()[1].(map[string]any)["x5c"] = []string{"bm8"} }, ""},

	{"a point with a line break in it", func(f *forgery) { key := f.keys()[1].(map[string]any); key["x"] = key["x"].(string) + "\n" }, "is not base64url"},
	{"a point with bits after its last byte", func(f *forgery) {
		key := f.keys()[1].(map[string]any)
		x := key["x"].(string)
		key["x"] = x[:len(x)-1] + nextBase64URL(x[len(x)-1])
	}, "is not base64url"},
	{"an RSA key with p and q but without d", func(f *forgery) {
		f.sign("RS256", "rs", idKeys().rs)
		f.keys()[0].(map[string]any)["p"] = b64(string(idKeys().rs.Primes[0].Bytes()))
	}, "with its private part"},
	{"twenty keys before the right one that cannot be used", func(f *forgery) {
		delete(f.header, "kid")
		f.keySet.(map[string]any)["keys"] = append(slices.Repeat([]any{map[string]any{"kty": "EC", "crv": "P-256"}}, 20), f.keys()...)
	}, ""},
	{"claims with white space before them", func(f *forgery) { f.claimsJSON = "\r\n\t " + twice(f.claims, "", "") }, ""},
	{"sub is half of a surrogate pair", func(f *forgery) { f.claimsJSON = strings.Replace(twice(f.claims, "", ""), "alice", `a\ud800`, 1) }, "its sub has a character that is not Unicode"},

	// RFC 9207 §2.4, where the metadata has a template of an issuer.
	{"the issuer of the response is the tenant's", both(template("72f9", "https://login.example/72f9/v2.0"), func(f *forgery) { f.responseIss = "https://login.example/72f9/v2.0" }), ""},
	{"the issuer of the response is another tenant's", both(template("72f9", "https://login.example/72f9/v2.0"), func(f *forgery) { f.responseIss = "https://login.example/evil/v2.0" }), "and the authorization response named the issuer"},

	// Nothing to compare with.
	{"a server without metadata", func(f *forgery) { f.metadata = flow.Metadata{} }, "without discovery"},
	{"metadata without a jwks_uri", func(f *forgery) { f.metadata.JWKSURI = "" }, "the server's metadata has no jwks_uri"},
}
