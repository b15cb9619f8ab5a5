/*
 * Unit tests of the pure rooms, with check(3): one suite a room, table
 * driven.  They call through the headers and link the real objects.
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>

Suite	*suite_access(void);
Suite	*suite_accesslog(void);
Suite	*suite_auth(void);
Suite	*suite_balance(void);
Suite	*suite_board(void);
Suite	*suite_buf(void);
Suite	*suite_config(void);
Suite	*suite_directive(void);
Suite	*suite_edit(void);
Suite	*suite_env(void);
Suite	*suite_file(void);
Suite	*suite_http(void);
Suite	*suite_log(void);
Suite	*suite_names(void);
Suite	*suite_reply(void);
Suite	*suite_route(void);
Suite	*suite_scgi(void);
Suite	*suite_search(void);
Suite	*suite_spool(void);

#endif
