#!/bin/sh
# Plain files: DocumentRoot, Alias, DirectoryIndex, types, and the error
# pages, ErrorDocument, ProxyErrorOverride, Require all, InternalOnly.

. "${0%/*}/lib.sh"

mkdir -p "$T/www/sub" "$T/www/bare" "$T/more" "$T/out"
printf 'root index' >"$T/www/index.html"
printf 'sub index' >"$T/www/sub/index.html"
printf 'text' >"$T/www/a.txt"
printf 'own type' >"$T/www/a.own"
printf 'hidden' >"$T/www/.htpasswd"
printf 'more' >"$T/more/x.txt"
printf 'page of %s' 404 >"$T/www/404.html"
printf 'outside' >"$T/out/secret"
ln -s ../out/secret "$T/www/leak"
mkfifo "$T/www/fifo"
chmod -R a+rX "$T/www" "$T/more" "$T/out"

start_backend
start_gateway - <<EOT
DocumentRoot $T/www
AddType x/own .own
Alias /more/ $T/more/
Alias /one.txt $T/more/x.txt
AliasMatch ^/m-([a-z]+)\$ $T/more/\$1.txt
ErrorDocument 404 /404.html
ErrorDocument 403 "you may not"
ErrorDocument 502 /err/echo?x=1
ErrorDocument 503 http://example.org/away
<Location /app/>
ProxyPass $URL
ProxyErrorOverride On
</Location>
<Location /twice/>
ProxyPass $URL
ProxyErrorOverride On
ErrorDocument 500 /gone/x
</Location>
<Location /again/>
ProxyPass $URL
ProxyErrorOverride On
ErrorDocument 404 /again/status/404
</Location>
<Location /named/>
ProxyPass $URL
ProxySCGISendfile On
XSendFilePath $T/more
</Location>
<Location /some/>
ProxyPass $URL
ProxyErrorOverride On 404 502
</Location>
<Location /accel/>
ProxyPass $URL
ProxySCGIInternalRedirect X-Accel-Redirect
ProxyAccelHeaders On
</Location>
ProxyPass /own/ $URL
ProxyPass /err/ $URL
ProxyPass /gone/ unix:$T/none.sock|scgi://none/
<Location /links/>
Options FollowSymLinks
</Location>
Alias /links/ $T/www/
<Location /denied>
Require all denied
</Location>
<Location /denied/not>
Require all granted
</Location>
<Location /inner>
InternalOnly On
</Location>
Alias /inner/ $T/more/
EOT

test_files()
{
	text=$(get /a.txt)
	status "$text" 200
	is "$(echo "$text" | body)" text
	is "$(echo "$text" | field Content-Type)" text/plain
	is "$(echo "$text" | field Content-Length)" 4
	is "$(get /a.own | field Content-Type)" x/own
	is "$(get / | body)" 'root index'
	is "$(get /sub/ | body)" 'sub index'
	is "$(get /more/x.txt | body)" more
	is "$(get /one.txt | body)" more
	is "$(get /m-x | body)" more
	is "$(get /a.txt 'Range: bytes=1-2' | body)" ex
	etag=$(get /a.txt | field ETag)
	status "$(get /a.txt "If-None-Match: $etag")" 304
	# a date of the future is none
	status "$(get /a.txt "If-Modified-Since: $(date -u \
	    '+%a, %d %b %Y %H:%M:%S GMT')")" 304
	status "$(get /a.txt \
	    'If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT')" 200
}

test_directories()
{
	text=$(get '/sub?q=1')
	status "$text" 301
	is "$(echo "$text" | field Location)" '/sub/?q=1'
	# what leads there is never repeated: browsers take "//x", and "/\x",
	# for another host
	mkdir -p "$T/www/\\evil.example" "$T/www/a b"
	for path in '/x/..//evil.example/../sub' '/.//sub' '/x/../sub' \
	    '/%2e/%73ub'; do
		text=$(get "$path")
		status "$text" 301 "$path"
		is "$(echo "$text" | field Location)" /sub/ "$path"
	done
	is "$(get '/\\evil.example' | field Location)" '/%5Cevil.example/'
	is "$(get '/%5cevil.example?a=\\' | field Location)" \
	    '/%5Cevil.example/?a=\'
	is "$(get '/a%20b' | field Location)" '/a%20b/'
	status "$(get /bare/)" 403 'no listing'
	status "$(get /a.txt/)" 404
	status "$(get /a.txt/x)" 404
}

# A file that X-Accel-Redirect leads to: whole, of the application's type,
# whatever range or coding its own body had (nginx).
test_accel_to_a_file()
{
	own_gateway - <<-EOT
	ProxySCGIInternalRedirect X-Accel-Redirect
	ProxyPass /files/ !
	Alias /files/ $T/more/
	ProxyPass / $URL
	EOT
	rest='X-Accel-Redirect:%20/files/x.txt%0AContent-Type:%20x/own%0A'
	rest="${rest}Content-Range:%20bytes%200-1/9%0AContent-Length:%202%0A"
	rest="${rest}Content-Encoding:%20gzip%0AETag:%20%22a%22%0A"
	rest="${rest}Last-Modified:%20Sun,%2006%20Nov%201994%2008:49:37%20GMT%0A"
	rest="${rest}Cache-Control:%20private%0ADigest:%20a=b%0A%0A&b=mo"
	for code in 200 206 416 404; do
		text=$(get "/head?raw=Status:%20$code%0A$rest")
		status "$text" 200 "$code"
		is "$(echo "$text" | body)" more "$code"
		is "$(echo "$text" | field Content-Type)" x/own "$code"
		is "$(echo "$text" | field Content-Length)" 4 "$code"
		is "$(echo "$text" | field Cache-Control)" private "$code"
		unlike "$text" '^(Content-(Range|Encoding)|Digest|X-Accel)' "$code"
		unlike "$text" '^(ETag: "a"|Last-Modified:.* 1994)' "$code"
		text=$(get "/head?raw=Status:%20$code%0A$rest" \
		    'Range: bytes=1-2')
		status "$text" 206 "$code"
		is "$(echo "$text" | body)" or "$code"
	done
	text=$(get "/head?raw=${rest%%x.txt*}none%0A${rest#*txt%0A}")
	status "$text" 404
	unlike "$text" '^(Cache-Control|Content-(Range|Encoding)|Digest|ETag)'
}

# What Header sets for answers does not make an outage last for a year: on
# our own error pages only always holds (httpd).
test_header_on_error_pages()
{
	own_gateway - <<-EOT
	DocumentRoot $T/www
	Header set Cache-Control "max-age=31536000"
	Header onsuccess set X-Success 1
	Header always set X-Always 1
	ErrorDocument 403 "you may not"
	<Location /shut>
	Require all denied
	</Location>
	<Location /over>
	ProxyErrorOverride On
	</Location>
	ProxyPass /down unix:$T/none.sock
	ProxyPass /over $URL
	ProxyPass /app $URL
	EOT
	for path in /none /down/x /app/drop /shut/x /over/status/404 /sub; do
		text=$(get "$path")
		unlike "$text" '^HTTP/1.1 200' "$path"
		like "$text" '^X-Always: 1$' "$path"
		unlike "$text" '^(Cache-Control|X-Success):' "$path"
	done
	for path in /a.txt /app/echo /app/status/404 /sub/; do
		text=$(get "$path")
		like "$text" '^X-Always: 1$' "$path"
		like "$text" '^Cache-Control: max-age=31536000$' "$path"
		like "$text" '^X-Success: 1$' "$path"
	done
	# fields of a success that an error takes the place of
	text=$(get "/over/head?raw=Status:%20500%0ACache-Control:%20max-age=9%0A\
Expires:%20x%0APragma:%20x%0AAge:%201%0AWWW-Authenticate:%20x%0A%0A")
	status "$text" 500
	like "$text" '^WWW-Authenticate: x$'
	unlike "$text" '^(Cache-Control|Expires|Pragma|Age):'
}

# The page of an error says with its own status nothing but another error.
test_error_page_that_says_200()
{
	: >"$T/own.users"
	own_gateway - <<-EOT
	ErrorDocument 404 /page/status/200
	ErrorDocument 403 /page/status/206
	ErrorDocument 503 /page/status/500
	ErrorDocument 502 /page/status/302
	ErrorDocument 401 /page/head?raw=Status:%20200%20OK%0A%0A&b=hello
	<Location /shut>
	Require all denied
	</Location>
	<Location /user>
	AuthType Basic
	AuthName x
	AuthUserFile $T/own.users
	Require valid-user
	</Location>
	ProxyPass /page $URL
	ProxyPass /down unix:$T/none.sock
	ProxyPass /app $URL
	EOT
	text=$(get /none)
	is "$(echo "$text" | head -n 1)" 'HTTP/1.1 404 Not Found'
	is "$(echo "$text" | body)" 'status 200'
	status "$(get /shut)" 403
	text=$(get /user)
	is "$(echo "$text" | head -n 1)" 'HTTP/1.1 401 Unauthorized'
	is "$(echo "$text" | body)" hello
	like "$text" '^WWW-Authenticate: Basic'
	status "$(get /down/x)" 500
	status "$(get /app/drop)" 302
}

test_directories_of_many_slashes()
{
	own_gateway - <<-EOT
	DocumentRoot $T/www
	MergeSlashes Off
	AllowEncodedSlashes On
	EOT
	for path in //sub '//evil.example/../sub' '/%2fsub'; do
		is "$(get "$path" | field Location | sed 's,^/[^/].*,ok,')" \
		    ok "$path"
	done
}

test_methods()
{
	text=$(post /a.txt hello)
	status "$text" 405
	is "$(echo "$text" | field Allow)" 'GET, HEAD, OPTIONS'
	text=$(request OPTIONS /a.txt)
	status "$text" 200
	is "$(echo "$text" | field Allow)" 'GET, HEAD, OPTIONS'
	text=$(wire s 'HEAD /a.txt HTTP/1.1\r\nHost: x\r\n\r\n' kh | tr -d '\r')
	is "$(echo "$text" | field Content-Length)" 4
}

# never a byte from outside
test_confinement()
{
	for path in /.htpasswd /leak /fifo /sub/.htaccess; do
		text=$(get "$path")
		status "$text" 403 "$path"
		is "$(echo "$text" | body)" 'you may not'
	done
	for path in /more/../../out/secret /%2e%2e/out/secret; do
		status "$(get "$path")" 400 "$path"
	done
	is "$(get /links/leak | body)" outside
}

test_error_documents()
{
	text=$(get /none)
	status "$text" 404
	is "$(echo "$text" | body)" 'page of 404'
	text=$(post /gone/x hello)
	status "$text" 302
	is "$(echo "$text" | field Location)" http://example.org/away
	text=$(post /own/drop hello)
	status "$text" 502
	text=$(echo "$text" | body)
	like "$text" '^REDIRECT_STATUS=502$'
	like "$text" '^REDIRECT_URL=/own/drop$'
	like "$text" '^REDIRECT_REQUEST_METHOD=POST$'
	like "$text" '^REQUEST_METHOD=GET$'
	like "$text" '^QUERY_STRING=x=1$'
	like "$text" '^CONTENT_LENGTH=0$'
	# nothing is left of the answer that it takes the place of
	text=$(get "/named/head?raw=Status:%20200%20Fine%0AETag:%20%22e%22%0A\
Content-Encoding:%20gzip%0AX-Own:%201%0AX-Sendfile:%20$T/more/none%0A%0A")
	like "$text" '^HTTP/1.1 404 Not Found$'
	is "$(echo "$text" | body)" 'page of 404'
	is "$(echo "$text" | field Content-Encoding)" ''
	unlike "$text" '"e"'
	is "$(echo "$text" | field X-Own)" 1
	# its own status is not overridden again
	text=$(get /again/status/404)
	status "$text" 404
	is "$(echo "$text" | body)" 'status 404'
	# refused before it is mapped
	is "$(get /a%2Fb | body)" 'page of 404'
	# one that fails itself: the page of the first error
	text=$(get /twice/status/500)
	status "$text" 500
	like "$text" '<h1>Internal Server Error</h1>'
	# a status of the application is its own
	is "$(get /own/status/404 | body)" 'status 404'
}

test_overridden()
{
	text=$(get /app/status/404)
	status "$text" 404
	is "$(echo "$text" | body)" 'page of 404'
	text=$(get '/app/head?raw=Status:%20401%0AWWW-Authenticate:%20x%0A%0A')
	status "$text" 401
	is "$(echo "$text" | field WWW-Authenticate)" x
	like "$text" '<h1>Unauthorized</h1>'
	is "$(get /some/status/404 | body)" 'page of 404'
	is "$(get /some/status/500 | body)" 'status 500'
}

test_built_in_pages()
{
	like "$(get /some/status/502 'Accept: text/html')" REDIRECT_STATUS
	text=$(get '/app/status/500' 'Accept: application/json')
	status "$text" 500
	is "$(echo "$text" | field Content-Type)" 'text/plain; charset=utf-8'
	is "$(echo "$text" | body)" '500 Internal Server Error'
	text=$(get '/app/status/500' 'Accept: a/b, */*;q=0.1')
	is "$(echo "$text" | field Content-Type)" 'text/html; charset=utf-8'
}

test_access()
{
	status "$(get /denied)" 403
	status "$(get /denied/x)" 403
	status "$(get /denied/not/x)" 404
}

# with the fields of applications that were written for nginx
test_internal_only()
{
	status "$(get /inner/x.txt)" 404
	text=$(get '/accel/head?raw=X-Accel-Redirect:%20/inner/x.txt%0A%0A')
	status "$text" 200
	is "$(echo "$text" | body)" more
	unlike "$text" X-Accel
	text=$(get '/accel/head?raw=X-Accel-Redirect:%20/inner/x.txt%0A'\
'X-Accel-Expires:%201%0A%0A')
	is "$(echo "$text" | body)" more
	unlike "$text" X-Accel
	text=$(get '/accel/head?raw=X-Accel-Buffering:%20no%0A%0A&b=b')
	is "$(echo "$text" | body)" b
	unlike "$text" X-Accel
	text=$(get '/accel/head?raw=X-Accel-Redirect:%20/none%0A%0A')
	status "$text" 404
	is "$(echo "$text" | body)" 'page of 404'
}

run_tests
