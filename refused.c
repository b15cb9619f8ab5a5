/*
 * refused: the names of httpd that are not here: what is passed over because
 * it makes no difference, and what is refused, with what to write instead.
 *
 * It knows no name that works, and sets nothing.
 */
#include <stddef.h>

#include "buf.h"
#include "config.h"
#include "refused.h"

/* Why something has no effect, or is not there. */
static const char no_balancer[] = "there is no such thing for SCGI";
static const char no_cache[] = "answers are not kept; put a cache in front "
    "where one is wanted";
static const char no_compression[] = "answers are sent as they are; let the "
    "application compress them, or a front";
static const char no_effect_scgi[] =
    "it has none for scgi:// in httpd either";
static const char no_expressions[] = "there are no expressions; use SetEnvIf "
    "or <IfDefine>";
static const char no_filters[] = "answers are not filtered";
static const char no_forward[] = "this is no forward proxy";
static const char no_groups[] = "there are no groups; name the users: Require "
    "user name ...";
static const char no_limits[] = "write its lines into the section, where they "
    "hold for every method; Require method name ... lets in some";
static const char no_listings[] = "directories are not listed";
static const char no_modules[] = "there are no modules";
static const char no_negotiation[] = "a path is one file, there is nothing to "
    "choose from";
static const char no_override[] = "there are no .htaccess files; write their "
    "lines into <Directory>, and AllowOverride None";
static const char no_programs[] = "programs are not started here; let the "
    "application speak SCGI";
static const char no_request_filters[] = "requests are not filtered";
static const char no_rewrite[] = "there is no rewriting; use Redirect or "
    "RedirectMatch to send clients elsewhere, ProxyPass, <Location> and "
    "SetEnvIf, or let the application do it";
static const char no_session[] = "let the application keep track of its users";
static const char no_status[] = "there is no status page in this version";
static const char no_tls[] = "there is no TLS; let it end in front, and see "
    "ServerName https://... and SetEnvIf X-Forwarded-Proto";
static const char none_needed[] = "none is needed";
static const char only_file[] = "users are known from AuthUserFile only; let "
    "the application or a front ask elsewhere";
static const char only_types[] = "all that is told of a file is its type; "
    "see AddType";
static const char other_mpm[] = "there are no threads, each worker is a "
    "process";
static const char own_code[] = "no code is run here; let an application do "
    "it, by ProxyPass";

/* Names before prefixes. */
const struct config_absent refused[] = {
	/* The core, and how processes are run. */
	{ "httpd's core", ABSENT_REFUSED, "AcceptPathInfo",
	  "off default",
	  "a file has no path behind its name, and what SetHandler takes may "
	  "have one; leave it out" },
	{ "httpd's core", ABSENT_REFUSED, "AllowOverride AllowOverrideList",
	  "none", no_override },
	{ "httpd's core", ABSENT_REFUSED, "ContentDigest",
	  "off", "answers get no Content-MD5" },
	{ "httpd's core", ABSENT_REFUSED,
	  "<Else <ElseIf <If",
	  NULL, no_expressions },
	{ "httpd's core", ABSENT_REFUSED, "FileETag",
	  "mtime size inode all +mtime +size +inode -inode",
	  "it is always MTime Size; write Header unset ETag" },
	{ "httpd's core", ABSENT_REFUSED, "HttpProtocolOptions",
	  "strict lenientmethods require1.0",
	  "it is always Strict LenientMethods Require1.0" },
	{ "httpd's core", ABSENT_REFUSED, "<Limit <LimitExcept",
	  NULL, no_limits },
	{ "httpd's core", ABSENT_REFUSED, "MergeTrailers",
	  "off", "trailers of requests are dropped" },
	{ "httpd's core", ABSENT_REFUSED, "Port",
	  NULL, "write Listen" },
	{ "httpd's core", ABSENT_REFUSED, "Protocol",
	  "http", "only http/1.1 is spoken" },
	{ "httpd's core", ABSENT_REFUSED, "Protocols",
	  "http/1.1", "only http/1.1 is spoken" },
	{ "httpd's core", ABSENT_REFUSED, "QualifyRedirectURL",
	  "off", "REDIRECT_URL is always a path" },
	{ "httpd's core", ABSENT_REFUSED, "RegexDefaultOptions",
	  "dotall|+dotall|dollar_endonly|+dollar_endonly",
	  "a dot always matches a line break too, and $ the end only" },
	{ "httpd's core", ABSENT_REFUSED, "ServerPath",
	  NULL, "clients send the name of the host; leave it out" },
	{ "httpd's core", ABSENT_REFUSED, "SetInputFilter",
	  "none", no_request_filters },
	{ "httpd's core", ABSENT_REFUSED, "SetOutputFilter",
	  "none", no_filters },
	{ "httpd's core", ABSENT_IGNORED, "AccessFileName",
	  NULL, "AllowOverride can only be None" },
	{ "httpd's core", ABSENT_IGNORED, "EnableMMAP",
	  NULL, "files are not mapped" },
	{ "httpd's core", ABSENT_IGNORED, "EnableSendfile",
	  NULL, "it is used where the system has it" },
	{ "httpd's core", ABSENT_IGNORED, "ErrorLogFormat",
	  NULL, "the form of messages is fixed" },
	{ "httpd's core", ABSENT_IGNORED, "ExtendedStatus SeeRequestTail",
	  NULL, no_status },
	{ "httpd's core", ABSENT_IGNORED,
	  "FlushMaxPipelined FlushMaxThreshold",
	  NULL, "answers are sent as they are ready" },
	{ "httpd's core", ABSENT_IGNORED, "LimitXMLRequestBody",
	  NULL,
	  "bodies are not looked into; LimitRequestBody bounds them all" },
	{ "httpd's core", ABSENT_IGNORED, "MaxMemFree",
	  NULL, "the memory of a worker is fixed" },
	{ "httpd's core", ABSENT_IGNORED, "Mutex ScoreBoardFile",
	  NULL, none_needed },
	{ "httpd's core", ABSENT_IGNORED, "NameVirtualHost",
	  NULL, "hosts are always found by their names" },
	{ "httpd's core", ABSENT_IGNORED, "ProtocolsHonorOrder",
	  NULL, "only http/1.1 is spoken" },
	{ "httpd's core", ABSENT_IGNORED, "ReadBufferSize",
	  NULL, "buffers have a fixed size" },
	{ "httpd's core", ABSENT_IGNORED, "RegisterHttpMethod",
	  NULL, "every method is passed on" },
	{ "httpd's core", ABSENT_IGNORED,
	  "RLimitCPU RLimitMEM RLimitNPROC",
	  NULL,
	  "it bounds the programs that httpd starts, and none are started "
	  "here" },
	{ "httpd's MPMs", ABSENT_IGNORED,
	  "AcceptMutex ListenCoresBucketsRatio ListenTCPDeferAccept "
	  "LockFile",
	  NULL, none_needed },
	{ "httpd's MPMs", ABSENT_IGNORED,
	  "AsyncRequestWorkerFactor MaxSpareThreads MinSpareThreads "
	  "ThreadLimit ThreadsPerChild",
	  NULL, other_mpm },
	{ "httpd's core", ABSENT_IGNORED, "ThreadStackSize",
	  NULL, other_mpm },
	{ "httpd's core", ABSENT_IGNORED, "CoreDumpDirectory",
	  NULL, "the system decides where cores go" },
	{ "httpd's MPMs", ABSENT_IGNORED, "EnableExceptionHook",
	  NULL, no_modules },
	{ "httpd's MPMs", ABSENT_IGNORED, "ReceiveBufferSize SendBufferSize",
	  NULL, "the system decides" },
	{ "mod_so", ABSENT_IGNORED, "LoadFile LoadModule",
	  NULL, no_modules },
	{ "mod_unixd", ABSENT_REFUSED, "ChrootDir",
	  NULL, "start the gateway in a chroot or a container instead" },
	{ "mod_unixd", ABSENT_IGNORED, "Suexec",
	  NULL, no_programs },
	{ "mod_version", ABSENT_REFUSED, "<IfVersion",
	  NULL, "this is not httpd; use <IfDefine> or <IfDirective>" },
	{ "mod_macro", ABSENT_REFUSED,
	  "<Macro MacroIgnoreBadNesting MacroIgnoreEmptyArgs UndefMacro Use",
	  NULL, "use Define and Include" },
	{ "mod_watchdog", ABSENT_IGNORED, "WatchdogInterval",
	  NULL, none_needed },

	/* Who may have what. */
	{ "mod_allowmethods", ABSENT_REFUSED, "AllowMethods",
	  NULL, "write Require method GET POST ... in <Location>" },
	{ "mod_auth_basic", ABSENT_REFUSED, "AuthBasicAuthoritative",
	  "on", only_file },
	{ "mod_auth_basic", ABSENT_REFUSED,
	  "AuthBasicFake AuthBasicUseDigestAlgorithm",
	  "off", only_file },
	{ "mod_auth_digest", ABSENT_REFUSED,
	  "AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck "
	  "AuthDigestNonceLifetime AuthDigestProvider AuthDigestQop "
	  "AuthDigestShmemSize",
	  NULL, "write AuthType Basic, and let TLS end in front" },
	{ "mod_auth_form", ABSENT_REFUSED,
	  "AuthFormAuthoritative AuthFormBody AuthFormDisableNoStore "
	  "AuthFormFakeBasicAuth AuthFormLocation "
	  "AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation "
	  "AuthFormLogoutLocation AuthFormMethod AuthFormMimetype "
	  "AuthFormPassword AuthFormProvider AuthFormSitePassphrase "
	  "AuthFormSize AuthFormUsername",
	  NULL,
	  "let the application ask for the password, or write AuthType "
	  "Basic" },
	{ "mod_authn_anon", ABSENT_REFUSED,
	  "Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail "
	  "Anonymous_NoUserId Anonymous_VerifyEmail",
	  NULL, "write Require all granted" },
	{ "mod_authn_core", ABSENT_REFUSED, "<AuthnProviderAlias",
	  NULL, only_file },
	{ "mod_authn_dbd", ABSENT_REFUSED,
	  "AuthDBDUserPWQuery AuthDBDUserRealmQuery",
	  NULL, only_file },
	{ "mod_authn_dbm", ABSENT_REFUSED, "AuthDBMType AuthDBMUserFile",
	  NULL, only_file },
	{ "mod_authn_socache", ABSENT_IGNORED,
	  "AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor "
	  "AuthnCacheSOCache AuthnCacheTimeout",
	  NULL, "AuthUserFile is read when it has changed" },
	{ "mod_authnz_fcgi", ABSENT_REFUSED,
	  "AuthnzFcgiCheckAuthnProvider AuthnzFcgiDefineProvider",
	  NULL, only_file },
	{ "mod_authnz_ldap", ABSENT_REFUSED,
	  "AuthLDAPAuthorizePrefix AuthLDAPBindAuthoritative AuthLDAPBindDN "
	  "AuthLDAPBindPassword AuthLDAPCharsetConfig AuthLDAPCompareAsUser "
	  "AuthLDAPCompareDNOnServer AuthLDAPDereferenceAliases "
	  "AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN "
	  "AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern "
	  "AuthLDAPMaxSubGroupDepth AuthLDAPRemoteUserAttribute "
	  "AuthLDAPRemoteUserIsDN AuthLDAPSearchAsUser "
	  "AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass AuthLDAPURL",
	  NULL, only_file },
	{ "mod_ldap", ABSENT_IGNORED,
	  "LDAPCacheEntries LDAPCacheTTL LDAPConnectionPoolTTL "
	  "LDAPConnectionTimeout LDAPLibraryDebug LDAPOpCacheEntries "
	  "LDAPOpCacheTTL LDAPReferralHopLimit LDAPReferrals LDAPRetries "
	  "LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize "
	  "LDAPTimeout LDAPTrustedClientCert LDAPTrustedGlobalCert "
	  "LDAPTrustedMode LDAPVerifyServerCert",
	  NULL, "nothing asks a directory here" },
	{ "mod_authz_core", ABSENT_REFUSED, "AuthMerging",
	  "off", "the Require lines of the innermost section hold" },
	{ "mod_authz_core", ABSENT_REFUSED, "<AuthzProviderAlias",
	  NULL, "write Require, in <RequireAll> and its kin where several "
	  "must hold" },
	{ "mod_authz_core", ABSENT_REFUSED, "AuthzSendForbiddenOnFailure",
	  "off", "a wrong user gets 401" },
	{ "mod_authz_dbd", ABSENT_REFUSED,
	  "AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery",
	  NULL, no_groups },
	{ "mod_authz_dbm", ABSENT_REFUSED, "AuthDBMGroupFile AuthzDBMType",
	  NULL, no_groups },
	{ "mod_authz_groupfile", ABSENT_REFUSED, "AuthGroupFile",
	  NULL, no_groups },
	{ "mod_ident", ABSENT_REFUSED, "IdentityCheck",
	  "off", "nobody is asked who the client is" },
	{ "mod_ident", ABSENT_IGNORED, "IdentityCheckTimeout",
	  NULL, "nobody is asked who the client is" },
	{ "mod_setenvif", ABSENT_REFUSED, "SetEnvIfExpr",
	  NULL, no_expressions },

	/* Applications, and whom else httpd asks. */
	{ "mod_proxy", ABSENT_REFUSED, "ProxyBlock",
	  NULL, "this file names who is asked; leave out the ProxyPass" },
	{ "mod_proxy", ABSENT_REFUSED, "ProxyMaxForwards",
	  "-1", "Max-Forwards is not added" },
	{ "mod_proxy", ABSENT_REFUSED, "ProxyPassInterpolateEnv",
	  "off", "urls are fixed when the file is read" },
	{ "mod_proxy", ABSENT_REFUSED, "ProxySourceAddress",
	  NULL, "the system chooses the address" },
	{ "mod_proxy", ABSENT_IGNORED,
	  "BalancerGrowth BalancerInherit BalancerPersist",
	  NULL, no_balancer },
	{ "mod_proxy", ABSENT_IGNORED,
	  "NoProxy ProxyDomain ProxyRemote ProxyRemoteMatch",
	  NULL, no_forward },
	{ "mod_proxy", ABSENT_IGNORED,
	  "Proxy100Continue ProxyAddHeaders ProxyAsyncDelay "
	  "ProxyAsyncIdleTimeout ProxyBadHeader ProxyIOBufferSize ProxyVia",
	  NULL, no_effect_scgi },
	{ "mod_proxy", ABSENT_IGNORED, "ProxyPassInherit",
	  NULL, "virtual hosts always inherit, as they do in httpd" },
	{ "mod_proxy", ABSENT_IGNORED, "ProxyPreserveHost",
	  NULL, "the application always gets the client's Host" },
	{ "mod_proxy", ABSENT_IGNORED, "ProxyReceiveBufferSize",
	  NULL, "the system decides" },
	{ "mod_proxy", ABSENT_IGNORED, "ProxyStatus",
	  NULL, no_status },
	{ "mod_proxy_connect", ABSENT_IGNORED, "AllowCONNECT",
	  NULL, no_forward },
	{ "mod_proxy_express", ABSENT_REFUSED,
	  "ProxyExpressDBMFile ProxyExpressDBMType ProxyExpressEnable",
	  "off", "write a <VirtualHost> with its ProxyPass for each host" },
	{ "mod_proxy_fcgi", ABSENT_REFUSED, "ProxyFCGISetEnvIf",
	  NULL, "write SetEnvIf" },
	{ "mod_proxy_fcgi", ABSENT_IGNORED, "ProxyFCGIBackendType",
	  NULL, "applications speak SCGI" },
	{ "mod_proxy_ftp", ABSENT_IGNORED,
	  "ProxyFtpDirCharset ProxyFtpEscapeWildcards "
	  "ProxyFtpListOnWildcard",
	  NULL, no_forward },
	{ "mod_proxy_hcheck", ABSENT_IGNORED,
	  "ProxyHCExpr ProxyHCTemplate ProxyHCTPsize",
	  NULL,
	  "write hcmethod=, hcuri= and their kin behind BalancerMember" },
	{ "mod_proxy_html", ABSENT_REFUSED,
	  "ProxyHTMLBufSize ProxyHTMLCharsetOut ProxyHTMLDoctype "
	  "ProxyHTMLEnable ProxyHTMLEvents ProxyHTMLExtended "
	  "ProxyHTMLFixups ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta "
	  "ProxyHTMLStripComments ProxyHTMLURLMap",
	  "off",
	  "pages are not rewritten; let the application know its public "
	  "url, and see ProxyPassReverse" },
	{ "mod_proxy_wstunnel", ABSENT_IGNORED,
	  "ProxyWebsocketFallbackToProxyHttp",
	  NULL, "applications speak SCGI" },
	{ "mod_heartbeat", ABSENT_IGNORED, "HeartbeatAddress",
	  NULL, no_balancer },
	{ "mod_heartmonitor", ABSENT_IGNORED,
	  "HeartbeatListen HeartbeatMaxServers HeartbeatStorage",
	  NULL, no_balancer },
	{ "mod_rewrite", ABSENT_REFUSED, "RewriteEngine",
	  "off", no_rewrite },
	{ "mod_rewrite", ABSENT_REFUSED,
	  "RewriteBase RewriteCond RewriteMap RewriteOptions RewriteRule",
	  NULL, no_rewrite },
	{ "mod_alias", ABSENT_REFUSED, "AliasPreservePath",
	  "off", "it is always Off" },
	{ "mod_alias", ABSENT_REFUSED, "ScriptAlias ScriptAliasMatch",
	  NULL, no_programs },
	{ "mod_actions", ABSENT_REFUSED, "Action Script",
	  NULL, no_programs },
	{ "mod_cgi", ABSENT_IGNORED,
	  "CGIScriptTimeout ScriptLog ScriptLogBuffer ScriptLogLength",
	  NULL, no_programs },
	{ "mod_cgid", ABSENT_IGNORED, "CGIDScriptTimeout ScriptSock",
	  NULL, no_programs },
	{ "mod_suexec", ABSENT_IGNORED, "SuexecUserGroup",
	  NULL, no_programs },
	{ "mod_lua", ABSENT_REFUSED,
	  "Lua_____ByteCodeHack LuaAuthzProvider LuaCodeCache "
	  "<LuaHookAccessChecker LuaHookAccessChecker <LuaHookAuthChecker "
	  "LuaHookAuthChecker <LuaHookCheckUserID LuaHookCheckUserID "
	  "<LuaHookFixups LuaHookFixups LuaHookInsertFilter LuaHookLog "
	  "<LuaHookMapToStorage LuaHookMapToStorage "
	  "<LuaHookPreTranslateName LuaHookPreTranslateName "
	  "<LuaHookTranslateName LuaHookTranslateName <LuaHookTypeChecker "
	  "LuaHookTypeChecker LuaInherit LuaInputFilter LuaMapHandler "
	  "LuaOutputFilter LuaPackageCPath LuaPackagePath <LuaQuickHandler "
	  "LuaQuickHandler LuaRoot LuaScope",
	  NULL, own_code },
	{ "mod_dbd", ABSENT_IGNORED,
	  "DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams DBDPersist "
	  "DBDPrepareSQL DBDriver",
	  NULL, "nothing asks a database here" },
	{ "mod_dav", ABSENT_REFUSED,
	  "DAV DAVBasePath DAVDepthInfinity DAVLockDiscovery DAVMinTimeout",
	  "off", "let an application do it, by ProxyPass" },
	{ "mod_dav_fs", ABSENT_REFUSED, "DAVLockDB",
	  NULL, "let an application do it, by ProxyPass" },
	{ "mod_dav_lock", ABSENT_REFUSED, "DAVGenericLockDB",
	  NULL, "let an application do it, by ProxyPass" },
	{ "mod_session", ABSENT_REFUSED,
	  "Session SessionEnv SessionExclude SessionExpiryUpdateInterval "
	  "SessionHeader SessionInclude SessionMaxAge",
	  "off", no_session },
	{ "mod_session_cookie", ABSENT_REFUSED,
	  "SessionCookieName SessionCookieName2 SessionCookieRemove",
	  NULL, no_session },
	{ "mod_session_crypto", ABSENT_REFUSED,
	  "SessionCryptoCipher SessionCryptoDriver SessionCryptoPassphrase "
	  "SessionCryptoPassphraseFile",
	  NULL, no_session },
	{ "mod_session_dbd", ABSENT_REFUSED,
	  "SessionDBDCookieName SessionDBDCookieName2 "
	  "SessionDBDCookieRemove SessionDBDDeleteLabel "
	  "SessionDBDInsertLabel SessionDBDPerUser SessionDBDSelectLabel "
	  "SessionDBDUpdateLabel",
	  NULL, no_session },
	{ "mod_usertrack", ABSENT_REFUSED, "CookieTracking",
	  "off", no_session },
	{ "mod_usertrack", ABSENT_IGNORED,
	  "CookieDomain CookieExpires CookieHttpOnly CookieName "
	  "CookieSameSite CookieSecure CookieStyle",
	  NULL, no_session },
	{ "mod_vhost_alias", ABSENT_REFUSED,
	  "VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias "
	  "VirtualScriptAliasIP",
	  "none", "write a <VirtualHost> for each host" },
	{ "mod_userdir", ABSENT_REFUSED, "UserDir",
	  "disabled",
	  "write AliasMatch \"^/~([a-z]+)/(.*)$\" "
	  "\"/home/$1/public_html/$2\"" },
	{ "mod_echo", ABSENT_REFUSED, "ProtocolEcho",
	  "off", "only http/1.1 is spoken" },
	{ "mod_http2", ABSENT_IGNORED,
	  "H2CopyFiles H2Direct H2EarlyHint H2EarlyHints H2MaxDataFrameLen "
	  "H2MaxHeaderBlockLen H2MaxSessionStreams H2MaxStreamErrors "
	  "H2MaxWorkerIdleSeconds H2MaxWorkers H2MinWorkers H2ModernTLSOnly "
	  "H2OutputBuffering H2Padding H2ProxyRequests H2Push "
	  "H2PushDiarySize H2PushPriority H2PushResource H2SerializeHeaders "
	  "H2SessionExtraFiles H2StreamMaxMemSize H2StreamTimeout "
	  "H2TLSCoolDownSecs H2TLSWarmUpSize H2Upgrade H2WebSockets "
	  "H2WindowSize",
	  NULL, "only http/1.1 is spoken" },

	/* Files. */
	{ "mod_autoindex", ABSENT_IGNORED,
	  "AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon "
	  "AddIconByEncoding AddIconByType DefaultIcon FancyIndexing "
	  "HeaderName IndexHeadInsert IndexIgnore IndexIgnoreReset "
	  "IndexOptions IndexOrderDefault IndexStyleSheet ReadmeName",
	  NULL, no_listings },
	{ "mod_dir", ABSENT_REFUSED, "DirectoryCheckHandler",
	  "off", "what SetHandler takes to an application has no index" },
	{ "mod_dir", ABSENT_REFUSED, "DirectoryIndexRedirect",
	  "off", "the index is served under the url of its directory" },
	{ "mod_dir", ABSENT_REFUSED, "DirectorySlash",
	  "on", "clients of a directory without its slash are always sent to "
	  "the one with it" },
	{ "mod_dir", ABSENT_REFUSED, "FallbackResource",
	  "disabled",
	  "write ErrorDocument 404 /path, or ProxyPass / for all that is no "
	  "file, with the files behind Alias and \"ProxyPass /path !\"" },
	{ "mod_expires", ABSENT_REFUSED,
	  "ExpiresActive ExpiresByType ExpiresDefault",
	  "off",
	  "write Header set Cache-Control \"max-age=seconds\" where it "
	  "shall hold" },
	{ "mod_cern_meta", ABSENT_REFUSED,
	  "MetaDir MetaFiles MetaSuffix",
	  "off", "write Header in <Directory>" },
	{ "mod_file_cache", ABSENT_IGNORED, "cachefile mmapfile",
	  NULL, "the system keeps files in memory" },
	{ "mod_imagemap", ABSENT_IGNORED,
	  "ImapBase ImapDefault ImapMenu",
	  NULL, only_types },
	{ "mod_mime", ABSENT_REFUSED, "AddInputFilter",
	  NULL, no_request_filters },
	{ "mod_mime", ABSENT_REFUSED, "AddOutputFilter",
	  NULL, no_filters },
	{ "mod_mime", ABSENT_IGNORED,
	  "AddCharset AddEncoding AddLanguage DefaultLanguage RemoveCharset "
	  "RemoveEncoding RemoveLanguage RemoveType",
	  NULL, only_types },
	{ "mod_mime", ABSENT_IGNORED, "RemoveHandler",
	  NULL, "no name of a file makes it a program" },
	{ "mod_mime", ABSENT_IGNORED, "ModMimeUsePathInfo",
	  NULL, "files have no path behind their names" },
	{ "mod_mime", ABSENT_IGNORED, "MultiviewsMatch",
	  NULL, no_negotiation },
	{ "mod_mime", ABSENT_IGNORED, "RemoveInputFilter RemoveOutputFilter",
	  NULL, no_filters },
	{ "mod_mime_magic", ABSENT_REFUSED, "MIMEMagicFile",
	  NULL, "files are not looked into; write AddType or ForceType" },
	{ "mod_negotiation", ABSENT_IGNORED,
	  "CacheNegotiatedDocs ForceLanguagePriority LanguagePriority",
	  NULL, no_negotiation },
	{ "mod_speling", ABSENT_REFUSED,
	  "CheckBasenameMatch CheckCaseOnly CheckSpelling",
	  "off", "a path is taken as it is" },

	/* What is done to requests and answers on their way. */
	{ "mod_brotli", ABSENT_IGNORED,
	  "BrotliAlterETag BrotliCompressionMaxInputBlock "
	  "BrotliCompressionQuality BrotliCompressionWindow "
	  "BrotliFilterNote",
	  NULL, no_compression },
	{ "mod_deflate", ABSENT_IGNORED,
	  "DeflateAlterEtag DeflateBufferSize DeflateCompressionLevel "
	  "DeflateFilterNote DeflateInflateLimitRequestBody "
	  "DeflateInflateRatioBurst DeflateInflateRatioLimit "
	  "DeflateMemLevel DeflateWindowSize",
	  NULL, no_compression },
	{ "mod_buffer", ABSENT_IGNORED, "BufferSize",
	  NULL, "see ProxyRequestBufferSize" },
	{ "mod_cache", ABSENT_IGNORED,
	  "CacheDefaultExpire CacheDetailHeader CacheDisable CacheEnable "
	  "CacheHeader CacheIgnoreCacheControl CacheIgnoreHeaders "
	  "CacheIgnoreNoLastMod CacheIgnoreQueryString "
	  "CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL "
	  "CacheLastModifiedFactor CacheLock CacheLockMaxAge CacheLockPath "
	  "CacheMaxExpire CacheMinExpire CacheQuickHandler "
	  "CacheStaleOnError CacheStoreExpired CacheStoreNoStore "
	  "CacheStorePrivate",
	  NULL, no_cache },
	{ "mod_cache_disk", ABSENT_IGNORED,
	  "CacheDirLength CacheDirLevels CacheMaxFileSize CacheMinFileSize "
	  "CacheReadSize CacheReadTime CacheRoot",
	  NULL, no_cache },
	{ "mod_cache_socache", ABSENT_IGNORED,
	  "CacheSocache CacheSocacheMaxSize CacheSocacheMaxTime "
	  "CacheSocacheMinTime CacheSocacheReadSize CacheSocacheReadTime",
	  NULL, no_cache },
	{ "mod_charset_lite", ABSENT_REFUSED,
	  "CharsetDefault CharsetOptions CharsetSourceEnc",
	  NULL, no_filters },
	{ "mod_dialup", ABSENT_IGNORED, "ModemStandard",
	  NULL, "answers are sent as fast as they are taken" },
	{ "mod_ext_filter", ABSENT_REFUSED, "ExtFilterDefine ExtFilterOptions",
	  NULL, no_filters },
	{ "mod_filter", ABSENT_REFUSED,
	  "AddOutputFilterByType FilterChain FilterDeclare FilterProtocol "
	  "FilterProvider FilterTrace",
	  NULL, no_filters },
	{ "mod_include", ABSENT_REFUSED, "XBitHack",
	  "off", no_filters },
	{ "mod_include", ABSENT_IGNORED,
	  "SSIEndTag SSIErrorMsg SSIEtag SSILastModified "
	  "SSILegacyExprParser SSIStartTag SSITimeFormat SSIUndefinedEcho",
	  NULL, no_filters },
	{ "mod_reflector", ABSENT_REFUSED, "ReflectorHeader",
	  NULL, no_request_filters },
	{ "mod_request", ABSENT_IGNORED, "KeptBodySize",
	  NULL, no_request_filters },
	{ "mod_sed", ABSENT_REFUSED, "InputSed OutputSed",
	  NULL, no_filters },
	{ "mod_substitute", ABSENT_REFUSED, "Substitute",
	  NULL, no_filters },
	{ "mod_substitute", ABSENT_IGNORED,
	  "SubstituteInheritBefore SubstituteMaxLineLength",
	  NULL, no_filters },
	{ "mod_xml2enc", ABSENT_IGNORED,
	  "xml2EncAlias xml2EncDefault xml2StartParse",
	  NULL, no_filters },
	{ "mod_socache_memcache", ABSENT_IGNORED, "MemcacheConnTTL",
	  NULL, no_cache },
	{ "mod_socache_redis", ABSENT_IGNORED, "RedisConnPoolTTL RedisTimeout",
	  NULL, no_cache },

	/* Logs. */
	{ "mod_dumpio", ABSENT_IGNORED, "DumpIOInput DumpIOOutput",
	  NULL, "write LogLevel debug" },
	{ "mod_info", ABSENT_IGNORED, "AddModuleInfo",
	  NULL, no_status },
	{ "mod_log_debug", ABSENT_IGNORED, "LogMessage",
	  NULL, "write LogLevel debug" },
	{ "mod_log_forensic", ABSENT_REFUSED, "ForensicLog",
	  NULL, "write CustomLog" },
	{ "mod_logio", ABSENT_IGNORED, "LogIOTrackTTFB",
	  NULL, "%^FB always works" },

	/* TLS. */
	{ "mod_ssl", ABSENT_REFUSED, "SSLEngine",
	  "off", no_tls },
	{ "mod_ssl", ABSENT_REFUSED,
	  "SSLRequire SSLRequireSSL SSLUserName",
	  NULL, no_tls },
	{ "mod_ssl", ABSENT_REFUSED, "SSLVerifyClient",
	  "none", no_tls },
	{ "mod_ssl", ABSENT_IGNORED,
	  "SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile "
	  "SSLCADNRequestPath SSLCARevocationCheck SSLCARevocationFile "
	  "SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile "
	  "SSLCertificateKeyFile SSLCipherSuite SSLCompression "
	  "SSLCryptoDevice SSLFIPS SSLHonorCipherOrder "
	  "SSLInsecureRenegotiation SSLLog SSLLogLevel "
	  "SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoVerify "
	  "SSLOCSPOverrideResponder SSLOCSPProxyURL "
	  "SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout "
	  "SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew "
	  "SSLOCSPUseRequestNonce SSLOpenSSLConfCmd SSLOptions "
	  "SSLPassPhraseDialog SSLProtocol SSLProxyCACertificateFile "
	  "SSLProxyCACertificatePath SSLProxyCARevocationCheck "
	  "SSLProxyCARevocationFile SSLProxyCARevocationPath "
	  "SSLProxyCheckPeerCN SSLProxyCheckPeerExpire "
	  "SSLProxyCheckPeerName SSLProxyCipherSuite SSLProxyEngine "
	  "SSLProxyMachineCertificateChainFile "
	  "SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath "
	  "SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth "
	  "SSLRandomSeed SSLRenegBufferSize SSLSessionCache "
	  "SSLSessionCacheTimeout SSLSessionTicketKeyFile SSLSessionTickets "
	  "SSLSRPUnknownUserSeed SSLSRPVerifierFile SSLStaplingCache "
	  "SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater "
	  "SSLStaplingForceURL SSLStaplingResponderTimeout "
	  "SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew "
	  "SSLStaplingReturnResponderErrors SSLStaplingStandardCacheTimeout "
	  "SSLStrictSNIVHostCheck SSLUseStapling SSLVerifyDepth "
	  "SSLVHostSNIPolicy",
	  NULL, no_tls },
	{ "mod_md", ABSENT_REFUSED, "MDRequireHttps",
	  "off", no_tls },
	{ "mod_md", ABSENT_IGNORED,
	  "MDActivationDelay MDBaseServer MDCACertificateFile "
	  "MDCAChallenges MDCertificateAgreement MDCertificateAuthority "
	  "MDCertificateCheck MDCertificateFile MDCertificateKeyFile "
	  "MDCertificateProtocol MDCertificateStatus MDChallengeDns01 "
	  "MDChallengeDns01Version MDCheckInterval MDContactEmail "
	  "MDDriveMode MDExternalAccountBinding MDHttpProxy "
	  "MDHttpProxyCACertificateFile MDInitialDelay MDMatchNames "
	  "MDMember MDMembers MDMessageCmd MDMustStaple MDNotifyCmd "
	  "<MDomain MDomain <MDomainSet MDPortMap MDPrivateKeys MDProfile "
	  "MDProfileMandatory MDRenewMode MDRenewViaARI MDRenewWindow "
	  "MDRetryDelay MDRetryFailover MDServerStatus MDStapleOthers "
	  "MDStapling MDStaplingKeepResponse MDStaplingRenewWindow "
	  "MDStoreDir MDStoreLocks MDWarnWindow",
	  NULL, no_tls },

	/* Of modules that are not httpd's own. */
	{ "mod_auth_openidc", ABSENT_REFUSED, "OIDC*",
	  NULL, only_file },
	{ "mod_auth_cas", ABSENT_REFUSED, "CAS*",
	  NULL, only_file },
	{ "mod_auth_gssapi", ABSENT_REFUSED, "Gss* Krb*",
	  NULL, only_file },
	{ "mod_auth_mellon", ABSENT_REFUSED, "Mellon*",
	  NULL, only_file },
	{ "mod_shib", ABSENT_REFUSED, "Shib*",
	  NULL, only_file },
	{ "mod_evasive", ABSENT_REFUSED, "DOS*",
	  NULL, "let a front do it" },
	{ "mod_qos", ABSENT_REFUSED, "QS_*",
	  NULL, "let a front do it, and see max= of ProxyPass" },
	{ "mod_security", ABSENT_REFUSED, "Sec*",
	  "off", "let a front do it" },
	{ "mod_fastcgi", ABSENT_REFUSED, "FastCgi*",
	  NULL, no_programs },
	{ "mod_fcgid", ABSENT_REFUSED, "Fcgid* FCGIWrapper",
	  NULL, no_programs },
	{ "mod_jk", ABSENT_REFUSED, "Jk*",
	  NULL, "applications speak SCGI" },
	{ "mod_pagespeed", ABSENT_REFUSED, "ModPagespeed*",
	  "off", no_filters },
	{ "mod_passenger", ABSENT_REFUSED,
	  "Passenger* Rack* Rails*",
	  NULL, no_programs },
	{ "mod_perl", ABSENT_REFUSED, "<Perl Perl*",
	  NULL, no_programs },
	{ "mod_php", ABSENT_REFUSED,
	  "php_admin_flag php_admin_value php_flag php_value PHPINIDir",
	  NULL,
	  "write it into php.ini, or where PHP is started (uwsgi: --php-set "
	  "name=value)" },
	{ "mod_python", ABSENT_REFUSED, "Python*",
	  NULL, no_programs },
	{ "mod_rpaf", ABSENT_REFUSED, "RPAF*",
	  NULL, "write RemoteIPHeader and RemoteIPInternalProxy" },
	{ "mod_dav_svn", ABSENT_REFUSED, "SVN*",
	  NULL, "let an application do it, by ProxyPass" },
	{ "mod_tls", ABSENT_REFUSED, "TLS*",
	  NULL, no_tls },
	{ "mod_uwsgi", ABSENT_REFUSED, "uWSGI*",
	  NULL,
	  "write ProxyPass path scgi://host:port, and start uwsgi with "
	  "--scgi-socket" },
	{ "mod_wsgi", ABSENT_REFUSED, "WSGI*",
	  NULL,
	  "start the application by itself (uwsgi --scgi-socket host:port "
	  "--wsgi-file path), and write ProxyPass path scgi://host:port" },
	{ "mod_xsendfile", ABSENT_REFUSED, "XSendFile",
	  "off", "write ProxySCGISendfile On, in <Location>" },
	{ "mod_xsendfile", ABSENT_IGNORED,
	  "XSendFileIgnoreEtag XSendFileIgnoreLastModified "
	  "XSendFileUnescape",
	  NULL,
	  "an application's own ETag and Last-Modified go before the file's" }
};

const size_t nrefused = NELEM(refused);
