/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/template.h"
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void parse(const char *text, struct template **ret_template)
{
	struct lifecycle_error error;

	ck_assert_msg(
		template_parse(text, ret_template, &error) == 0, "%s: %s", text, error.message);
}

/* What is printed by a template: free() it. */
static char *printed(const char *text, const struct template_scope *scope)
{
	struct template *template;
	char *result = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	parse(text, &template);
	ck_assert_int_eq(template_print(template, scope, out, NULL), 0);
	fclose(out);
	template_free(template);
	return result;
}

static json_t *tree(void)
{
	json_t *json =
		json_loads("{\"id\": \"c1\", \"name\": \"a\\u001b[31mb\\u200f\\u00e9\", "
			   "\"pid\": 42, \"started_at\": null, \"create_error\": false, "
			   "\"annotations\": {\"com.example/team\": \"blue\", \"a b\": \"c\", "
			   "\"0\": \"zero\", \"\": \"empty\"}, "
			   "\"errors\": [{\"message\": \"one\"}, {\"message\": \"two\"}]}",
			0, NULL);

	ck_assert_ptr_nonnull(json);
	return json;
}

/* ---- text alone ---- */

static const struct {
	const char *template;
	const char *text;
} plain[] = {
	{ "", "" },
	{ "text", "text" },
	{ "{{.ID}}", "c1" },
	{ "{{ .ID }}", "c1" },
	{ "{{\t.ID\t}}", "c1" },
	{ "{{.id}}", "c1" },
	{ "<{{.ID}}>", "<c1>" },
	{ "{{.ID}}{{.PID}}", "c142" },
	{ "{{.StartedAt}}", "" },
	{ "{{.started_at}}|", "|" },
	{ "{{.CreateError}}", "false" },
	{ "{{.Unknown}}", "" },
	{ "{{.ID.Deeper}}", "" },
	{ "{{.Errors}}", "[{\"message\":\"one\"},{\"message\":\"two\"}]" },
	{ "{{.Errors.Message}}", "" },
	{ "{{.Errors.0}}", "" },
	{ "{{.Annotations.0}}", "zero" },
	/* json */
	{ "{{json .ID}}", "\"c1\"" },
	{ "{{ json  .PID }}", "42" },
	{ "{{json .StartedAt}}", "null" },
	{ "{{json .Unknown}}", "null" },
	{ "{{json .Errors}}", "[{\"message\":\"one\"},{\"message\":\"two\"}]" },
	{ "{{json .Name}}", "\"a\\u001B[31mb\\u200f\xc3\xa9\"" },
	/* index */
	{ "{{index .Annotations \"com.example/team\"}}", "blue" },
	{ "{{index .Annotations \"a b\"}}", "c" },
	{ "{{index .Annotations \"\"}}", "empty" },
	{ "{{index .Annotations \"COM.EXAMPLE/TEAM\"}}", "" },
	{ "{{index .Annotations \"none\"}}", "" },
	{ "{{index .Errors 0 \"message\"}}", "one" },
	{ "{{index .Errors 1}}", "{\"message\":\"two\"}" },
	{ "{{index .Errors 2}}", "" },
	{ "{{index .Errors \"message\"}}", "" },
	{ "{{index .Errors \"\"}}", "" },
	{ "{{index .Annotations 0}}", "zero" },
	{ "{{index . \"id\"}}", "c1" },
	{ "{{index .ID 0}}", "" },
	/* escapes */
	{ "a\\tb\\nc\\\\d", "a\tb\nc\\d" },
	{ "a\\", "a\\" },
	{ "\\x\\{{.ID}}", "\\x\\c1" },
	{ "}} {", "}} {" },
	{ "{{.ID}}}", "c1}" },
};

START_TEST(test_plain)
{
	json_t *json = tree();
	const struct template_scope scope = { .tree = json };
	char *text = printed(plain[_i].template, &scope);

	ck_assert_msg(strcmp(text, plain[_i].text) == 0, "%s: %s", plain[_i].template, text);
	free(text);
	json_decref(json);
}
END_TEST

START_TEST(test_the_whole)
{
	json_t *json = json_pack("{s:s,s:[i]}", "id", "c1", "list", 1);
	const struct template_scope scope = { .tree = json };
	const char *const texts[] = { "{{.}}", "{{json .}}", "{{index .}}" };

	for (int i = 0; i < COUNT(texts); i++) {
		char *text = printed(texts[i], &scope);

		ck_assert_str_eq(text, "{\"id\":\"c1\",\"list\":[1]}");
		free(text);
	}
	json_decref(json);
}
END_TEST

/* A terminal gets nothing that steers it; whoever reads a pipe gets the text. */
START_TEST(test_escape)
{
	json_t *json = tree();
	struct template_scope scope = { .tree = json };
	char *raw = printed("{{.Name}}", &scope);
	char *escaped;

	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	scope.escape = true;
	escaped = printed("{{.Name}}", &scope);
	ck_assert_str_eq(raw, "a\033[31mb\xe2\x80\x8f\xc3\xa9");
	ck_assert_str_eq(escaped, "a\\x1b[31mb\\xe2\\x80\\x8f\xc3\xa9");
	free(raw);
	free(escaped);
	json_decref(json);
}
END_TEST

/* ---- what is no template ---- */

static const struct {
	const char *template;
	const char *error;
} bad[] = {
	{ "{{.ID", "bad template: '{{' without '}}'" },
	{ "{{", "bad template: '{{' without '}}'" },
	{ "{{}}", "bad template at '{{}}': a key begins with a dot" },
	{ "{{ID}}", "bad template at '{{ID}}': a key begins with a dot" },
	{ "a{{.ID}}b{{x}}c", "bad template at '{{x}}': a key begins with a dot" },
	{ "{{json}}", "bad template at '{{json}}': a key begins with a dot" },
	{ "{{json ID}}", "bad template at '{{json ID}}': a key begins with a dot" },
	{ "{{if .ID}}", "bad template at '{{if .ID}}': a key begins with a dot" },
	{ "{{.ID .PID}}",
		"bad template at '{{.ID .PID}}': only .Key, json .Key and index .Key \"word\" are "
		"known" },
	{ "{{.ID | upper}}", "bad template at '{{.ID | upper}}': only .Key, json .Key and index "
			     ".Key \"word\" are "
			     "known" },
	{ "{{..ID}}", "bad template at '{{..ID}}': only .Key, json .Key and index .Key \"word\" "
		      "are known" },
	{ "{{index .A \"b}}", "bad template at '{{index .A \"b}}': a quote is not closed" },
	{ "{{index .A b}}", "bad template at '{{index .A b}}': an index is a number or is quoted" },
	{ "{{index .A -1}}",
		"bad template at '{{index .A -1}}': an index is a number or is quoted" },
	{ "{{index .A }x}}",
		"bad template at '{{index .A }x}}': an index is a number or is quoted" },
	{ "{{.a.b.c.d.e.f.g.h.i}}", "a template's key is too deep" },
	{ "{{index .a 1 2 3 4 5 6 7 8}}", "a template's key is too deep" },
};

START_TEST(test_bad)
{
	struct template *template = NULL;
	struct lifecycle_error error;

	ck_assert_msg(
		template_parse(bad[_i].template, &template, &error) == -1, "%s", bad[_i].template);
	ck_assert_str_eq(error.message, bad[_i].error);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_null(template);
	ck_assert_int_eq(template_parse(bad[_i].template, &template, NULL), -1);
}
END_TEST

START_TEST(test_deep)
{
	json_t *json = json_loads(
		"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}", 0, NULL);
	const struct template_scope scope = { .tree = json };
	char *text = printed("{{.a.a.a.a.a.a.a.a}}", &scope);

	ck_assert_str_eq(text, "1");
	free(text);
	json_decref(json);
}
END_TEST

/* ---- cells ---- */

static const struct {
	const char *text;
	const char *cells; /* each in angle brackets */
} cells[] = {
	{ "", "<>" },
	{ "{{.ID}}", "<{{.ID}}>" },
	{ "{{.ID}}\t{{.PID}}", "<{{.ID}}><{{.PID}}>" },
	{ "{{.ID}}\\t{{.PID}}", "<{{.ID}}><{{.PID}}>" },
	{ "a\\t\\tb", "<a><><b>" },
	{ "\t", "<><>" },
	{ "a\\\\tb", "<a\\\\tb>" },
	{ "a\\\\\\tb", "<a\\\\><b>" },
	{ "a\\nb\\", "<a\\nb\\>" },
	{ "{{index .A \"\t\"}}\tb", "<{{index .A \"\t\"}}><b>" },
	{ "{{index .A \"\\t\"}}\\tb", "<{{index .A \"\\t\"}}><b>" },
	{ "{{.ID\tb", "<{{.ID><b>" },
};

START_TEST(test_cells)
{
	const char *next = cells[_i].text;
	char found[256] = "";

	while (next != NULL) {
		const char *cell = next;
		size_t length = template_cell(cell, &next);

		sprintf(found + strlen(found), "<%.*s>", (int)length, cell);
	}
	ck_assert_str_eq(found, cells[_i].cells);
}
END_TEST

static const struct {
	const char *template;
	const char *key; /* NULL: it is more than a key */
} only[] = {
	{ "{{.ID}}", "ID" },
	{ "{{ .started_at }}", "started_at" },
	{ "{{.ID}} ", NULL },
	{ " {{.ID}}", NULL },
	{ "{{.ID}}{{.ID}}", NULL },
	{ "{{.A.B}}", NULL },
	{ "{{.}}", NULL },
	{ "{{json .ID}}", NULL },
	{ "{{index . \"ID\"}}", NULL },
	{ "ID", NULL },
	{ "", NULL },
};

START_TEST(test_only_key)
{
	struct template *template;

	parse(only[_i].template, &template);
	ck_assert_pstr_eq(template_only_key(template), only[_i].key);
	template_free(template);
}
END_TEST

/* ---- checking ---- */

static const struct {
	const char *template;
	const char *error; /* NULL: it is good */
} checks[] = {
	{ "text", NULL },
	{ "{{.}}", NULL },
	{ "{{.ID}} {{.StartedAt}} {{.Observed.Status}}", NULL },
	{ "{{json .Observed}}", NULL },
	{ "{{index .Observed \"status\"}}", NULL },
	/* below what is null any key may be */
	{ "{{.ID.Whatever}}", NULL },
	{ "{{index .ID 3 \"x\"}}", NULL },
	{ "{{.Nope}}", "unknown key 'Nope' in the template: known are ID, StartedAt, Observed" },
	{ "{{.ID}}{{json .Nope.ID}}",
		"unknown key 'Nope' in the template: known are ID, StartedAt, Observed" },
	{ "{{.Observed.Nope}}", "unknown key 'Nope' in the template: known are Status" },
	{ "{{index . \"ID\"}}",
		"unknown key 'ID' in the template: known are ID, StartedAt, Observed" },
	{ "{{index .Observed \"Status\"}}",
		"unknown key 'Status' in the template: known are Status" },
};

START_TEST(test_check)
{
	json_t *known = json_pack("{s:n,s:n,s:{s:n}}", "id", "started_at", "observed", "status");
	struct lifecycle_error error = { .message = "" };
	struct template *template;
	int result;

	parse(checks[_i].template, &template);
	result = template_check(template, known, &error);
	if (checks[_i].error == NULL) {
		ck_assert_msg(result == 0, "%s", error.message);
	} else {
		ck_assert_int_eq(result, -1);
		ck_assert_str_eq(error.message, checks[_i].error);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	}
	template_free(template);
	json_decref(known);
}
END_TEST

/* ---- a table ---- */

/* A template_print_fn of one column, which `arg` names. */
static bool print_column(const char *key, void *arg, FILE *out)
{
	if (strcmp(key, arg) != 0)
		return false;
	fputs("(own)", out);
	return true;
}

static const struct {
	const char *template;
	const char *heading;
	const char *cell;
} table[] = {
	{ "{{.ID}}", "(own)", "(own)" },
	{ "{{.PID}}", "PID", "42" },
	{ "{{.StartedAt}}", "STARTEDAT", "-" },
	{ "{{.started_at}}", "STARTED AT", "-" },
	{ "{{.Observed.ID}}", "ID", "-" },
	{ "{{json .ID}}", "(own)", "\"c1\"" },
	{ "{{json .Name}}", "NAME", "\"a\\u001B[31mb\\u200F\\u00E9\"" },
	{ "{{.}} ", " ", NULL },
	{ "a {{.PID}}/{{.PID}}", "a PID/PID", "a 42/42" },
};

START_TEST(test_table)
{
	json_t *json = tree();
	char own[] = "ID";
	struct template_scope scope = { .print = print_column, .arg = own };
	char *heading = printed(table[_i].template, &scope);
	char *cell;

	scope.tree = json;
	cell = printed(table[_i].template, &scope);
	ck_assert_str_eq(heading, table[_i].heading);
	if (table[_i].cell != NULL)
		ck_assert_str_eq(cell, table[_i].cell);
	free(heading);
	free(cell);
	json_decref(json);
}
END_TEST

START_TEST(test_free_nothing)
{
	template_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("template");
	TCase *tcase = tcase_create("template");

	tcase_add_loop_test(tcase, test_plain, 0, COUNT(plain));
	tcase_add_test(tcase, test_the_whole);
	tcase_add_test(tcase, test_escape);
	tcase_add_loop_test(tcase, test_bad, 0, COUNT(bad));
	tcase_add_test(tcase, test_deep);
	tcase_add_loop_test(tcase, test_cells, 0, COUNT(cells));
	tcase_add_loop_test(tcase, test_only_key, 0, COUNT(only));
	tcase_add_loop_test(tcase, test_check, 0, COUNT(checks));
	tcase_add_loop_test(tcase, test_table, 0, COUNT(table));
	tcase_add_test(tcase, test_free_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
