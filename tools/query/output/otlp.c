/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/otlp.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "query/output/json_output.h"
#include "query/output/otlp_value.h"
#include "query/output/trace_id.h"
#include "records/hook.h"

#include <stdlib.h>
#include <string.h>

#define SERVICE "oci-lifecycle"

/* OTLP's words for them. */
#define KIND_INTERNAL   1
#define STATUS_ERROR    2
#define FLAG_KNOWS_SIDE 0x100 /* whether the parent is remote is known */
#define FLAG_REMOTE     0x200

struct trace {
	const struct lifeline *lifeline;
	struct trace_id id;
	char root[SPAN_ID_SIZE]; /* the generation's span */
	json_t *spans;
	json_t *events; /* of the generation's span */
};

/* A span that is being made: what is not its own business is filled in by add_span(). */
struct span {
	struct span_part part;
	const char *name;
	int64_t from;
	int64_t to;
	bool end_known;
	const char *trouble; /* NULL for none */
	json_t *attributes;
	json_t *events; /* or NULL */
};

/* ---- spans ---- */

static int set_place(json_t *object, const struct trace *trace, const struct span *span)
{
	bool is_root = strcmp(span->part.kind, "generation") == 0;
	const char *parent = is_root ? trace->id.parent : trace->root;
	unsigned flags = trace->id.flags | FLAG_KNOWS_SIDE;
	char id[SPAN_ID_SIZE];

	trace_id_of_span(trace->lifeline, &span->part, id);
	if (json_object_set_new(object, "traceId", json_string(trace->id.trace)) < 0 ||
		json_object_set_new(object, "spanId", json_string(id)) < 0)
		return -1;
	if (parent[0] != '\0' &&
		json_object_set_new(object, "parentSpanId", json_string(parent)) < 0)
		return -1;
	if (is_root && parent[0] != '\0')
		flags |= FLAG_REMOTE;
	if (json_output_set(object, "traceState", json_output_string(trace->id.state)) < 0)
		return -1;
	return json_object_set_new(object, "flags", json_integer(flags));
}

static int set_status(json_t *object, const char *trouble)
{
	if (trouble == NULL)
		return 0;
	return json_object_set_new(object, "status",
		json_pack("{s:i, s:s}", "code", STATUS_ERROR, "message", trouble));
}

static int fill_span(json_t *object, const struct trace *trace, const struct span *span)
{
	if (set_place(object, trace, span) < 0 ||
		json_object_set_new(object, "name", json_string(span->name)) < 0 ||
		json_object_set_new(object, "kind", json_integer(KIND_INTERNAL)) < 0)
		return -1;
	if (otlp_set_time(object, "startTimeUnixNano", span->from) < 0 ||
		otlp_set_time(object, "endTimeUnixNano", span->to) < 0)
		return -1;
	if (!span->end_known &&
		otlp_add_flag(span->attributes, "oci_lifecycle.end_known", false) < 0)
		return -1;
	if (json_array_size(span->attributes) > 0 &&
		json_object_set(object, "attributes", span->attributes) < 0)
		return -1;
	if (set_status(object, span->trouble) < 0)
		return -1;
	if (span->events != NULL && json_array_size(span->events) > 0)
		return json_object_set(object, "events", span->events);
	return 0;
}

/* The span's attributes are taken. */
static int add_span(struct trace *trace, const struct span *span)
{
	json_t *object = json_object();
	int result = object != NULL ? fill_span(object, trace, span) : -1;

	json_decref(span->attributes);
	if (result == 0)
		return json_array_append_new(trace->spans, object);
	json_decref(object);
	return -1;
}

/* ---- what went wrong ---- */

static int add_exit(json_t *attributes, const struct lifecycle_failure *failure)
{
	if (otlp_add_integer(attributes, "process.exit.code", failure->exit_code) < 0)
		return -1;
	return otlp_add_integer(attributes, "oci_lifecycle.signal", failure->signal);
}

static int add_exception(json_t *events, const struct lifecycle_failure *failure)
{
	json_t *attributes = json_array();

	if (otlp_add_text(attributes, "exception.type", lifecycle_point_name(failure->point)) < 0 ||
		otlp_add_text(attributes, "exception.message", failure->message) < 0 ||
		add_exit(attributes, failure) < 0 ||
		otlp_add_text(attributes, "oci_lifecycle.stderr", failure->stderr_text) < 0) {
		json_decref(attributes);
		return -1;
	}
	return json_array_append_new(events, otlp_event("exception", failure->time, attributes));
}

/* ---- hooks ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static int add_hook_attributes(json_t *attributes, const struct lifecycle_hook *hook)
{
	const char *program = hook_program(hook->command, hook->argv);

	if (otlp_add_text(attributes, "oci_lifecycle.hook.point",
		    lifecycle_point_name(hook->point)) < 0 ||
		otlp_add_integer(attributes, "oci_lifecycle.hook.index", hook->index) < 0)
		return -1;
	if (program != NULL &&
		otlp_add_text(attributes, "process.executable.name", base_name(program)) < 0)
		return -1;
	if (otlp_add_text(attributes, "process.executable.path", hook->command) < 0)
		return -1;
	return otlp_add_texts(attributes, "process.command_args", hook->argv);
}

static int add_hook_failure(struct span *span, const struct lifecycle_failure *failure)
{
	if (failure == NULL)
		return 0;
	span->trouble = failure->message;
	if (add_exit(span->attributes, failure) < 0)
		return -1;
	return add_exception(span->events, failure);
}

/* A command of somebody else's that one of our hooks ran, and that is back, or was killed. */
static int add_command(struct trace *trace, const struct picture_row *row)
{
	const struct lifecycle_hook *hook = row->hook;
	const char *program = base_name(hook_program(hook->command, hook->argv));
	struct span span = { .part = { "hook", row->label, hook->time, hook->index },
		.from = row->from,
		.to = row->to,
		.end_known = !row->least,
		.trouble = row->failed ? "did not come back" : NULL,
		.attributes = json_array(),
		.events = json_array() };
	char *name = NULL;
	int result = asprintf(&name, "%s %s", row->label, program) >= 0 ? 0 : -1;

	span.name = name;
	if (result < 0 || add_hook_attributes(span.attributes, hook) < 0 ||
		add_hook_failure(&span, hook_failure(trace->lifeline->view, hook)) < 0) {
		json_decref(span.attributes);
		result = -1;
	} else {
		result = add_span(trace, &span);
	}
	json_decref(span.events);
	free(name);
	return result;
}

/* A hook of ours took some time that nobody has measured: it is a moment of its generation. */
static int add_moment(struct trace *trace, const struct picture_row *row)
{
	json_t *attributes = json_array();

	if (add_hook_attributes(attributes, row->hook) < 0 ||
		otlp_add_text(attributes, "oci_lifecycle.hook.status", row->hook->status) < 0) {
		json_decref(attributes);
		return -1;
	}
	return json_array_append_new(trace->events, otlp_event(row->label, row->from, attributes));
}

/* What is of a hook stands at that hook's span. */
static bool is_of_span(const struct trace *trace, const struct lifecycle_failure *failure)
{
	for (size_t i = 0; i < trace->lifeline->count; i++) {
		const struct picture_row *row = &trace->lifeline->rows[i];

		if (row->kind == PICTURE_BAR && !row->goes_on &&
			hook_failure(trace->lifeline->view, row->hook) == failure)
			return true;
	}
	return false;
}

/* ---- phases ---- */

static bool has_failed(const struct lifeline *lifeline, const struct picture_row *row)
{
	return strcmp(row->label, "creating") == 0 &&
	       view_create_error_of(lifeline->view, lifeline->generation);
}

static int add_phase(struct trace *trace, const struct picture_row *row)
{
	struct span span = { .part = { "phase", row->label, 0, 0 },
		.name = row->label,
		.from = row->from,
		.to = row->to,
		.end_known = !row->least && !row->endless,
		.trouble = has_failed(trace->lifeline, row) ? "create failed" : NULL,
		.attributes = json_array() };

	/* while it lives, what its end was not seen of may still go on */
	if (row->goes_on || (!span.end_known && lifeline_is_alive(trace->lifeline))) {
		json_decref(span.attributes);
		return 0;
	}
	return add_span(trace, &span);
}

static int add_row(struct trace *trace, const struct picture_row *row)
{
	switch (row->kind) {
	case PICTURE_PHASE:
		return add_phase(trace, row);
	case PICTURE_UNSEEN:
		return 0;
	case PICTURE_BAR:
		return row->goes_on ? 0 : add_command(trace, row);
	case PICTURE_MARK:
		return add_moment(trace, row);
	case PICTURE_ERROR:
		return is_of_span(trace, row->failure) ? 0
						       : add_exception(trace->events, row->failure);
	}
	return 0;
}

/* ---- the generation ---- */

static int64_t later(int64_t one, int64_t other)
{
	return one > other ? one : other;
}

static int64_t first_time(const struct lifeline *lifeline)
{
	int64_t first = lifeline->generation->created_at;

	for (size_t i = 0; i < lifeline->count; i++)
		if (first == LIFECYCLE_UNKNOWN || lifeline->rows[i].from < first)
			first = lifeline->rows[i].from;
	return first;
}

/* Of what nobody knows the end of: the last that is known. */
static int64_t last_time(const struct lifeline *lifeline)
{
	int64_t last = LIFECYCLE_UNKNOWN;

	for (size_t i = 0; i < lifeline->count; i++)
		last = later(last, lifeline->rows[i].to);
	return last;
}

static int add_generation_attributes(json_t *attributes, const struct lifeline *lifeline)
{
	const struct view *view = lifeline->view;
	const struct lifecycle_generation *generation = lifeline->generation;

	if (otlp_add_integer(attributes, "oci_lifecycle.generation", generation->generation) < 0 ||
		otlp_add_text(attributes, "oci_lifecycle.instance", generation->instance) < 0 ||
		otlp_add_text(attributes, "oci_lifecycle.reason",
			lifecycle_reason_name(view_reason_of(view, generation))) < 0)
		return -1;
	if (generation->oom_killed != LIFECYCLE_TRUTH_NONE &&
		otlp_add_flag(attributes, "oci_lifecycle.oom_killed",
			generation->oom_killed == LIFECYCLE_TRUTH_TRUE) < 0)
		return -1;
	return otlp_add_integer(
		attributes, "process.exit.code", view_exit_code_of(view, generation));
}

/* How it is, in words: free() it. */
static char *status_of(const struct lifeline *lifeline)
{
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	if (out == NULL)
		return NULL;
	lifeline_print_status(lifeline, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int add_generation(struct trace *trace)
{
	const struct lifeline *lifeline = trace->lifeline;
	struct lifeline_time finished = lifeline_finished(lifeline);
	struct span span = { .part = { "generation", "container", 0, 0 },
		.name = "container",
		.from = first_time(lifeline),
		.to = finished.time,
		.events = trace->events };
	char *status;
	int result;

	if (lifeline_is_alive(lifeline) || span.from == LIFECYCLE_UNKNOWN)
		return 0;
	span.end_known = finished.time != LIFECYCLE_UNKNOWN && finished.time >= span.from;
	if (!span.end_known)
		span.to = later(last_time(lifeline), span.from);
	status = status_of(lifeline);
	span.attributes = json_array();
	span.trouble = lifeline_in_trouble(lifeline) ? status : NULL;
	if (status == NULL || add_generation_attributes(span.attributes, lifeline) < 0) {
		json_decref(span.attributes);
		result = -1;
	} else {
		result = add_span(trace, &span);
	}
	free(status);
	return result;
}

static int fill_trace(struct trace *trace)
{
	const struct span_part part = { "generation", "container", 0, 0 };

	if (trace->spans == NULL || trace->events == NULL)
		return -1;
	trace_id_of_span(trace->lifeline, &part, trace->root);
	for (size_t i = 0; i < trace->lifeline->count; i++)
		if (add_row(trace, &trace->lifeline->rows[i]) < 0)
			return -1;
	return add_generation(trace);
}

/* ---- the request ---- */

/* Where Kubernetes' names may be, the first that is there. */
static const char *const kubernetes[][3] = {
	{ "k8s.namespace.name", "io.kubernetes.cri.sandbox-namespace",
		"io.kubernetes.pod.namespace" },
	{ "k8s.pod.name", "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name" },
	{ "k8s.container.name", "io.kubernetes.cri.container-name",
		"io.kubernetes.container.name" },
};

static int fill_resource(
	json_t *attributes, const struct lifecycle_record *record, const struct otlp_host *host)
{
	if (otlp_add_text(attributes, "service.name", SERVICE) < 0 ||
		otlp_add_text(attributes, "container.id", lifecycle_record_id(record)) < 0 ||
		otlp_add_text(attributes, "container.name", lifecycle_record_name(record)) < 0 ||
		otlp_add_text(attributes, "host.id", host->id) < 0 ||
		otlp_add_text(attributes, "host.name", host->name) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(kubernetes) / sizeof(kubernetes[0]); i++) {
		const char *text = lifecycle_record_annotation(record, kubernetes[i][1]);

		if (text == NULL)
			text = lifecycle_record_annotation(record, kubernetes[i][2]);
		if (otlp_add_text(attributes, kubernetes[i][0], text) < 0)
			return -1;
	}
	return 0;
}

/* The spans are taken. NULL if memory is out. */
static json_t *request_of(
	const struct lifecycle_record *record, const struct otlp_host *host, json_t *spans)
{
	json_t *attributes = json_array();

	if (fill_resource(attributes, record, host) < 0) {
		json_decref(attributes);
		json_decref(spans);
		return NULL;
	}
	return json_pack("{s:[{s:{s:o}, s:[{s:{s:s}, s:o}]}]}", "resourceSpans", "resource",
		"attributes", attributes, "scopeSpans", "scope", "name", "lifecycle-query", "spans",
		spans);
}

int otlp_request(const struct lifeline *lifeline, const struct otlp_host *host,
	json_t **ret_request, struct lifecycle_error *error)
{
	struct trace trace = { .lifeline = lifeline };
	json_t *request = NULL;
	int result;

	if (!trace_id_of(lifeline, &trace.id))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"no trace: the record has no instance, as nerdctl's own has none");
	trace.spans = json_array();
	trace.events = json_array();
	result = fill_trace(&trace);
	if (result == 0 && json_array_size(trace.spans) > 0) {
		request = request_of(lifeline->view->record, host, json_incref(trace.spans));
		result = request != NULL ? 0 : -1;
	}
	json_decref(trace.spans);
	json_decref(trace.events);
	if (result < 0)
		return error_no_memory(error);
	*ret_request = request;
	return 0;
}
