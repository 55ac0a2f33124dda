#include "simapi.h"

#include "support.h"

static int read_profile(const char *json, struct simapi_profile *out, const char **why)
{
	return simapi_read_profile(json, strlen(json), out, why);
}

/* Profiles of both tools, and the login that each makes. */
static void profiles_of_both_tools_give_their_login(void **state)
{
	static const struct {
		const char *profile, *login;
	} cases[] = {
		{ "{\"authKeyId\":\"keyId-a\",\"authKey\":\"secret-b\"}",
		  "{\"authKeyId\":\"keyId-a\",\"authKey\":\"secret-b\",\"tokenTimeoutSeconds\":"
		  "3600}" },
		{ "{\"AUTHKEYID\":\"k\",\"authkey\":\"x\",\"authKey\":\"s\",\"more\":[1,{}]}",
		  "{\"authKeyId\":\"k\",\"authKey\":\"s\",\"tokenTimeoutSeconds\":3600}" },
		{ "{\"email\":\"a@b\",\"password\":\"p\\\"q\",\"operatorId\":null}",
		  "{\"email\":\"a@b\",\"password\":\"p\\\"q\",\"tokenTimeoutSeconds\":3600}" },
		{ "{\"operatorId\":\"OP1\",\"username\":\"u\",\"password\":\"p\"}", /* Go's */
		  "{\"operatorId\":\"OP1\",\"userName\":\"u\",\"password\":\"p\","
		  "\"tokenTimeoutSeconds\":3600}" },
		{ "{\"operatorId\":\"OP1\",\"userName\":\"u\",\"password\":\"p\"}", /* Ruby's */
		  "{\"operatorId\":\"OP1\",\"userName\":\"u\",\"password\":\"p\","
		  "\"tokenTimeoutSeconds\":3600}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct simapi_profile profile;
		const char *why = "";
		char body[SIMAPI_BODY_MAX];

		assert_int_equal(read_profile(cases[i].profile, &profile, &why), 0);
		assert_null(why);
		assert_int_equal(simapi_write_auth(&profile, 3600, body, sizeof(body)),
				 strlen(cases[i].login));
		assert_string_equal(body, cases[i].login);
	}
}

static void a_profile_may_leave_the_credentials_to_a_command(void **state)
{
	struct simapi_profile profile;
	const char *why = "";

	(void)state;
	assert_int_equal(read_profile("{\"profileCommand\":\"vault get 'a b'\"}", &profile, &why),
			 0);
	assert_string_equal(profile.command, "vault get 'a b'");
}

#define SOUND "{\"authKeyId\":\"k\",\"authKey\":\"s\"}"

static void faulty_profiles_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *profile, *why;
	} cases[] = {
		{ "", "is not JSON" },
		{ "{\"authKeyId\":", "is not JSON" },
		{ "[]", "is not a JSON object" },
		{ "{}", "has no credentials" },
		{ "{\"authKeyId\":\"k\"}", "has no credentials" },
		{ "{\"email\":\"e\",\"authKey\":\"s\"}", "has no credentials" },
		{ "{\"authKeyId\":1,\"authKey\":\"s\"}", "not a text" },
		{ "{\"authKeyId\":\"k\\nx\",\"authKey\":\"s\"}", "not a text" },
		{ "{\"profileCommand\":\"\"}", "has no credentials" },
		{ "{\"profileCommand\":[\"x\"]}", "not a text" },
		{ "{\"sourceProfile\":\"x\"}", "sourceProfile" },
		{ SOUND "x", "something behind" },
		{ SOUND SOUND, "something behind" },
		{ SOUND " \t\r\n]", "something behind" },
		{ SOUND "\v", "something behind" },
		{ "{\"authKeyId\":\"k\\u0000x\",\"authKey\":\"s\"}", "NUL" },
		{ "{\"authKeyId\\u0000x\":\"k\",\"authKey\":\"s\"}", "NUL" },
		{ "{\"authKeyId\":\"\\\\\\u0000\",\"authKey\":\"s\"}", "NUL" },
		{ "{\"authKeyId\":\"k\",\"authKey\":\"s\",\"sandbox\":\"true\"}", "sandbox" },
		{ "{\"authKeyId\":\"k\",\"authKey\":\"s\",\"coverageType\":\"jpn\"}",
		  "coverageType" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct simapi_profile profile;
		const char *why = NULL;

		assert_int_equal(read_profile(cases[i].profile, &profile, &why), -EINVAL);
		assert_non_null(strstr(why, cases[i].why));
	}
}

static void a_profile_may_have_blanks_around_it_and_backslashes(void **state)
{
	static const char *const sound[] = { " \n" SOUND "\r\n\t ",
					     "{\"authKeyId\":\"k\\\\u0000\",\"authKey\":\"s\"}" };
	static const char with_nul[] = SOUND "\0";
	struct simapi_profile profile;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sound); i++)
		assert_int_equal(read_profile(sound[i], &profile, &why), 0);
	assert_string_equal(profile.auth_key_id, "k\\u0000");
	assert_int_equal(simapi_read_profile(with_nul, sizeof(with_nul), &profile, &why), -EINVAL);
	assert_string_equal(why, "has a NUL character");
}

static void a_token_needs_both_texts_in_their_bounds(void **state)
{
	static const char good[] = "{\"apiKey\":\"api-1\",\"operatorId\":\"OP\",\"token\":\"eyJ\"}";
	static const char *const bad[] = { "",
					   "<html>",
					   "{\"apiKey\":\"api-1\"}",
					   "{\"apiKey\":\"\",\"token\":\"t\"}",
					   "{\"apiKey\":\"a\",\"token\":7}",
					   "{\"apiKey\":\"a\\r\\nX: y\",\"token\":\"t\"}",
					   "{\"apiKey\":\"a\\u0000b\",\"token\":\"t\"}",
					   "{\"apiKey\":\"a\",\"token\":\"t\"}<html>" };
	struct simapi_token token;

	(void)state;
	assert_int_equal(simapi_read_auth(good, strlen(good), &token), 0);
	assert_string_equal(token.api_key, "api-1");
	assert_string_equal(token.token, "eyJ");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(simapi_read_auth(bad[i], strlen(bad[i]), &token), -EBADMSG);
}

static void a_class_is_read_and_written(void **state)
{
	static const char *const none[] = { "{\"speedClass\":\"\"}", "{\"speedClass\":\"s1 fast\"}",
					    "{\"speedClass\":\"s1.fast\\u0000x\"}",
					    "{\"speedClass\":\"s1.fast\"}}",
					    "{\"speedClass\":\"s1.fast\\u202e\"}" };
	static const char sim[] = "{\"imsi\":\"1\",\"speedClass\":\"s1.fast\",\"type\":\"x\"}";
	char speed_class[SIMAPI_WORD_MAX], body[64];

	(void)state;
	assert_int_equal(simapi_read_class(sim, strlen(sim), speed_class), 0);
	assert_string_equal(speed_class, "s1.fast");
	assert_int_equal(simapi_read_class("{}", 2, speed_class), -EBADMSG);
	assert_int_equal(simapi_read_class("null", 4, speed_class), -EBADMSG);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(simapi_read_class(none[i], strlen(none[i]), speed_class),
				 -EBADMSG);
	assert_int_equal(simapi_write_update("s1.fast", body, sizeof(body)), 24);
	assert_string_equal(body, "{\"speedClass\":\"s1.fast\"}");
	assert_int_equal(simapi_write_update("s1.fast", body, 10), -ENOSPC);
}

static void an_answer_asks_for_one_of_four_things(void **state)
{
	static const struct {
		int64_t status;
		const char *body;
		enum simapi_outcome outcome;
	} cases[] = {
		{ 200, "{}", SIMAPI_OK },
		{ 204, "", SIMAPI_OK },
		{ 302, "", SIMAPI_RETRY },
		{ 400, "{\"code\":\"SEM0001\",\"message\":\"m\"}", SIMAPI_REFUSED },
		{ 400, "{\"code\":\"AUM0001\",\"message\":\"m\"}", SIMAPI_LOGIN },
		{ 400, "<html>", SIMAPI_RETRY }, /* not the API: a portal in between */
		{ 401, "", SIMAPI_LOGIN },
		{ 403, "", SIMAPI_REFUSED },
		{ 403, "{\"code\":\"AUM0017\",\"message\":\"m\"}", SIMAPI_LOGIN },
		{ 404, "Specified key does not exist.", SIMAPI_REFUSED },
		{ 408, "{\"code\":\"SEM0001\",\"message\":\"m\"}", SIMAPI_RETRY },
		{ 429, "{\"code\":\"AGW0001\",\"message\":\"m\"}", SIMAPI_RETRY },
		{ 500, "{\"code\":\"AUM0001\",\"message\":\"m\"}", SIMAPI_RETRY },
		{ 503, "", SIMAPI_RETRY },
		{ 0, "", SIMAPI_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct simapi_error error;

		simapi_read_error(cases[i].body, strlen(cases[i].body), &error);
		assert_int_equal(simapi_judge(cases[i].status, &error), cases[i].outcome);
	}
}

static void an_error_with_hostile_text_is_none(void **state)
{
	static const char hostile[] = "{\"code\":\"A\\u001b[2J\",\"message\":\"m\"}";
	struct simapi_error error = { .code = "old" };

	(void)state;
	simapi_read_error(hostile, strlen(hostile), &error);
	assert_string_equal(error.code, "");
	assert_string_equal(error.message, "");
}

static void paths_and_permissions_follow_the_kind_of_sim(void **state)
{
	const struct sim by_imsi = { SIM_IMSI, "440101234567890" };
	const struct sim by_id = { SIM_SIM_ID, "8942" };
	char path[SIMAPI_TEXT_MAX];

	(void)state;
	assert_string_equal(simapi_sim_path(&by_imsi, path, sizeof(path)),
			    "/subscribers/440101234567890");
	assert_string_equal(simapi_sim_path(&by_id, path, sizeof(path)), "/sims/8942");
	assert_string_equal(simapi_permission(&by_imsi, true), "Subscriber:updateSpeedClass");
	assert_string_equal(simapi_permission(&by_imsi, false), "Subscriber:getSubscriber");
	assert_string_equal(simapi_permission(&by_id, true), "Sim:updateSimSpeedClass");
	assert_string_equal(simapi_permission(&by_id, false), "Sim:getSim");
}

static void headers_have_the_token_and_the_kind_of_the_body(void **state)
{
	const struct simapi_token token = { .api_key = "api-1", .token = "eyJ" };
	const struct simapi_token none = { .api_key = "" };
	struct simapi_headers headers;

	(void)state;
	simapi_write_headers(&token, true, &headers);
	assert_string_equal(headers.list[1], "Content-Type: application/json");
	assert_string_equal(headers.list[2], "X-Soracom-API-Key: api-1");
	assert_string_equal(headers.list[3], "X-Soracom-Token: eyJ");
	assert_null(headers.list[4]);
	simapi_write_headers(&none, false, &headers);
	assert_string_equal(headers.list[0], "Accept:");
	assert_null(headers.list[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_of_both_tools_give_their_login),
		cmocka_unit_test(a_profile_may_leave_the_credentials_to_a_command),
		cmocka_unit_test(faulty_profiles_are_refused_with_the_reason),
		cmocka_unit_test(a_profile_may_have_blanks_around_it_and_backslashes),
		cmocka_unit_test(a_token_needs_both_texts_in_their_bounds),
		cmocka_unit_test(a_class_is_read_and_written),
		cmocka_unit_test(an_answer_asks_for_one_of_four_things),
		cmocka_unit_test(an_error_with_hostile_text_is_none),
		cmocka_unit_test(paths_and_permissions_follow_the_kind_of_sim),
		cmocka_unit_test(headers_have_the_token_and_the_kind_of_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
