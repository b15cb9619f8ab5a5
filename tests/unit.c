/*
 * The runner of all unit suites.  CK_FORK=no in the environment runs them in
 * this process (for sanitizers and valgrind).
 */
#include <stdlib.h>

#include "unit.h"

int
main(void)
{
	SRunner *runner;
	int failed;

	runner = srunner_create(suite_buf());
	srunner_add_suite(runner, suite_http());
	srunner_add_suite(runner, suite_config());
	srunner_add_suite(runner, suite_directive());
	srunner_add_suite(runner, suite_names());
	srunner_add_suite(runner, suite_env());
	srunner_add_suite(runner, suite_route());
	srunner_add_suite(runner, suite_accesslog());
	srunner_add_suite(runner, suite_access());
	srunner_add_suite(runner, suite_auth());
	srunner_add_suite(runner, suite_balance());
	srunner_add_suite(runner, suite_board());
	srunner_add_suite(runner, suite_log());
	srunner_add_suite(runner, suite_spool());
	srunner_add_suite(runner, suite_file());
	srunner_add_suite(runner, suite_scgi());
	srunner_add_suite(runner, suite_search());
	srunner_add_suite(runner, suite_reply());
	srunner_add_suite(runner, suite_edit());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
