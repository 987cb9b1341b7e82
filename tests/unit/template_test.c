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
	/* functions */
	{ "{{upper .ID}} {{.ID | upper}} {{lower \"AbC\"}} {{title \"ab cd\"}}",
		"C1 C1 abc Ab Cd" },
	{ "{{len .ID}} {{len .Errors}} {{len .Annotations}} {{len .Unknown}}", "2 2 4 0" },
	{ "{{upper .Unknown}}|{{join .Unknown \",\"}}|{{len (index .Errors 0)}}", "||1" },
	{ "{{join (split \"a:b:c\" \":\") \"-\"}} {{split \"a\" \":\"}}", "a-b-c [\"a\"]" },
	{ "{{truncate \"abcdef\" 3}} {{truncate \"ab\" 3}} {{slice \"abcdef\" 1 3}} {{slice \"ab\" "
	  "1}}",
		"abc ab bc b" },
	{ "{{truncate \"\xc3\xa9\xc3\xa9\" 3}}", "\xc3\xa9" },
	{ "{{print .ID .PID}} {{print 1 2}} {{println .ID 3}}", "c142 1 2 c1 3\n" },
	{ "{{not .ID}} {{and .ID .PID}} {{or .Unknown .PID}} {{or .Unknown false}}",
		"false 42 42 false" },
	{ "{{eq .PID 42}} {{eq .PID 1 42}} {{ne .ID \"c1\"}} {{eq .ID .PID}} {{ne 0.0 .PID}}",
		"true true false false true" },
	{ "{{lt 1 2}} {{le 2 2}} {{gt \"a\" \"b\"}} {{ge 3 2}} {{lt .Unknown 2}} {{gt .Unknown 2}}",
		"true true false true false false" },
	{ "{{json .ID | len}} {{(index .Errors 0).Message}} {{$.ID}}", "4 one c1" },
	/* printf */
	{ "{{printf \"%s|%5s|%-5s|%.1s|%v|%v\" .ID .ID .ID .ID .PID .Unknown}}",
		"c1|   c1|c1   |c|42|" },
	{ "{{printf \"%d|%5d|%-5d|%05d|%+d|%x|%o|%%\" 42 42 42 -42 42 255 8}}",
		"42|   42|42   |-0042|+42|ff|10|%" },
	{ "{{printf \"%q %t %v\" .ID .CreateError .Errors}}",
		"\"c1\" false [{\"message\":\"one\"},{\"message\":\"two\"}]" },
	{ "{{printf \"%-4s\" \"\xc3\xa9\"}}|{{.ID | printf \"<%s>\"}}", "\xc3\xa9   |<c1>" },
	/* blocks */
	{ "{{if .PID}}up{{end}}{{if .Unknown}}x{{else}}down{{end}}", "updown" },
	{ "{{if .Unknown}}a{{else if .PID}}b{{else}}c{{end}}", "b" },
	{ "{{with .Annotations}}{{.a}}{{index . \"a b\"}}{{$.ID}}{{else}}x{{end}}", "cc1" },
	{ "{{with .Unknown}}x{{else}}{{.ID}}{{end}}", "c1" },
	{ "{{range .Errors}}<{{.Message}}>{{end}}{{range .Unknown}}x{{else}}none{{end}}",
		"<one><two>none" },
	{ "{{range $i, $e := .Errors}}{{if $i}}, {{end}}{{$i}}={{$e.Message}}{{end}}",
		"0=one, 1=two" },
	{ "{{range $e := .Errors}}{{$e.Message}}{{$.ID}}{{end}}", "onec1twoc1" },
	{ "{{range $k, $v := .Annotations}}{{if eq $k \"0\"}}{{$v}}{{end}}{{end}}", "zero" },
	{ "{{$x := .ID}}{{$y := upper $x}}{{$x}}{{$y}}{{if true}}{{$x := 1}}{{$x}}{{end}}{{$x}}",
		"c1C11c1" },
	{ "{{range .Errors}}{{range $.Errors}}{{.Message}}{{end}};{{end}}", "onetwo;onetwo;" },
	/* blanks, comments, braces in quotes */
	{ "a \n {{- .ID -}} \t b", "ac1b" },
	{ "{{- .ID -}}", "c1" },
	{ "a{{/* nothing */}}b{{- /* nothing */ -}} c", "abc" },
	{ "{{\"}}\"}}{{`a\\n`}}{{\"a\\tb\\\"\"}}", "}}a\\na\tb\"" },
	{ "{{true}} {{false}} {{nil}} {{12}} {{-3}} {{1.5}}", "true false  12 -3 1.5" },
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

static const struct {
	const char *template;
	const char *error;
} failing[] = {
	{ "{{len .PID}}", "the template's function 'len' takes a text, a list or an object" },
	{ "{{upper .PID}}", "the template's function 'upper' takes a text" },
	{ "{{join .ID \",\"}}", "the template's function 'join' takes a list and a text" },
	{ "{{slice .ID 1 9}}",
		"the template's function 'slice' takes a text and where its part begins and ends" },
	{ "{{lt .ID 1}}", "the template's function 'lt' takes two numbers or two texts" },
	{ "{{len}}", "the template's function 'len' takes another number of values than 0" },
	{ "{{range .ID}}{{end}}",
		"the template's '{{range .ID}}' is neither a list nor an object" },
	{ "{{$x}}", "the template's variable '$x' is declared nowhere" },
	{ "{{if .ID}}{{$x := 1}}{{end}}{{$x}}",
		"the template's variable '$x' is declared nowhere" },
	{ "{{printf \"%d\" .ID}}", "printf's '%d' in the template takes a whole number" },
	{ "{{printf \"%s\" .PID}}",
		"printf's '%s' in the template takes a text: '%v' takes anything" },
	{ "{{printf \"%s\"}}", "printf's '%s' in the template has no value" },
	{ "{{printf \"x\" 1}}", "the template's printf has a value that it does not print" },
	{ "{{printf \"%9999d\" 1}}", "printf's '%d' in the template is too wide" },
	{ "{{printf \"%n\" 1}}", "printf's '%n' in the template is not known: %s, %v, %d, %x, %o, "
				 "%q, %t and %% are" },
};

START_TEST(test_failing)
{
	json_t *json = tree();
	const struct template_scope scope = { .tree = json };
	struct lifecycle_error error = { .message = "" };
	struct template *template;
	FILE *out = tmpfile();

	parse(failing[_i].template, &template);
	ck_assert_msg(
		template_print(template, &scope, out, &error) == -1, "%s", failing[_i].template);
	ck_assert_str_eq(error.message, failing[_i].error);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	template_free(template);
	fclose(out);
	json_decref(json);
}
END_TEST

/* Deep blocks and parentheses are refused, and end no stack. */
START_TEST(test_too_deep)
{
	static const char *const pieces[] = { "{{if .ID}}", "{{with .ID}}", "{{if .ID}}{{else}}" };
	char text[40000] = "";
	struct template *template;

	for (int i = 0; i < 1000; i++)
		strcat(text, pieces[_i]);
	ck_assert_int_eq(template_parse(text, &template, NULL), -1);
	strcpy(text, "{{");
	for (int i = 0; i < 10000; i++)
		strcat(text, "(");
	strcat(text, "}}");
	ck_assert_int_eq(template_parse(text, &template, NULL), -1);
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
	{ "{{}}", "bad template at '{{}}': a key or a value is missing" },
	{ "{{.ID .PID}}", "bad template at '{{.ID .PID}}': only a function takes what follows it" },
	{ "{{..ID}}", "bad template at '{{..ID}}': a key is missing after a dot" },
	{ "{{.ID.}}", "bad template at '{{.ID.}}': a key is missing after a dot" },
	{ "{{index .A \"b}}", "bad template at '{{index .A \"b}}': a quote is not closed" },
	{ "{{index .A 1x}}", "bad template at '{{index .A 1x}}': a number is wrong, or too long" },
	{ "{{index .A 99999999999999999999999999x}}",
		"bad template at '{{index .A 99999999999999999999999999x}}': a number is wrong, or "
		"too long" },
	{ "{{index .A }x}}", "bad template at '{{index .A }x}}': neither a key, which begins with "
			     "a dot, nor a value" },
	{ "{{.ID | }}", "bad template at '{{.ID | }}': a key or a value is missing" },
	{ "{{.ID | .PID}}", "bad template at '{{.ID | .PID}}': what follows a '|' is a function" },
	{ "{{(.ID}}", "bad template at '{{(.ID}}': a parenthesis is not closed" },
	{ "{{.ID)}}", "bad template at '{{.ID)}}': more than one value" },
	{ "{{if .ID}}", "bad template: '{{if .ID}}' without '{{end}}'" },
	{ "{{range .ID}}{{else}}", "bad template at '{{else}}': after 'else' an 'end' is missing" },
	{ "{{if .ID}}{{else}}{{else}}{{end}}",
		"bad template at '{{else}}': after 'else' an 'end' is missing" },
	{ "{{if .ID}}{{else x}}{{end}}",
		"bad template at '{{else x}}': after 'else' stands nothing, or 'if'" },
	{ "{{end}}", "bad template at '{{end}}': there is no block that it could end" },
	{ "{{else}}", "bad template at '{{else}}': there is no block that it could end" },
	{ "{{if .ID}}x{{end .ID}}", "bad template at '{{end .ID}}': more than one value" },
	{ "{{template \"x\"}}", "bad template at '{{template \"x\"}}': that is not known here" },
	{ "{{break}}", "bad template at '{{break}}': that is not known here" },
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
	{ "{{range .ID}}{{.Whatever}}{{$.ID}}{{end}}{{with .ID}}{{.Whatever}}{{end}}", NULL },
	{ "{{with .Observed}}{{.Status}}{{end}}", NULL },
	{ "{{with .Observed}}{{.Nope}}{{end}}",
		"unknown key 'Nope' in the template: known are Status" },
	{ "{{range .ID}}{{$.Nope}}{{end}}",
		"unknown key 'Nope' in the template: known are ID, StartedAt, Observed" },
	{ "{{if .ID}}{{else}}{{printf \"%s\" (upper .Nope)}}{{end}}",
		"unknown key 'Nope' in the template: known are ID, StartedAt, Observed" },
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
	tcase_add_loop_test(tcase, test_failing, 0, COUNT(failing));
	tcase_add_loop_test(tcase, test_too_deep, 0, 3);
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
