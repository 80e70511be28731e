#include "frame.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace parley::bench {

namespace {

frame_kind kind_of(std::string_view type) {
  // The relay passes on what it got, so its deliveries read `send`.
  static constexpr std::array<std::pair<std::string_view, frame_kind>, 11>
      kinds{{
          {"msg", frame_kind::message},
          {"ack", frame_kind::ack},
          {"send", frame_kind::message},
          {"error", frame_kind::error},
          {"hello", frame_kind::hello},
          {"ready", frame_kind::ready},
          {"joined", frame_kind::joined},
          {"group", frame_kind::group},
          {"reset", frame_kind::reset},
          {"reconnect", frame_kind::reconnect},
          {"presence", frame_kind::presence},
      }};
  for (const auto& [name, kind] : kinds)
    if (name == type)
      return kind;
  return frame_kind::other;
}

} // namespace

frame_reader::frame_reader() : parser_{boost::json::parse_options{}} {}

std::span<const frame> frame_reader::read(std::string_view text) {
  auto& events = parser_.handler();
  parser_.reset();
  events.begin();
  boost::json::error_code ec;
  auto used = parser_.write_some(false, text.data(), text.size(), ec);
  failed_ = ec || used != text.size();
  if (failed_)
    return {};
  return {events.frames.data(), events.count};
}

void frame_reader::handler::begin() {
  count = 0;
  inner_ = 0;
  scratch.clear();
  key = field::none;
  in_frame_ = false;
  in_array_ = false;
}

bool frame_reader::handler::on_array_begin(code& ec) {
  if (in_frame_) {
    ++inner_;
    return true;
  }
  if (in_array_) {
    ec = boost::json::error::syntax;
    return false;
  }
  in_array_ = true;
  return true;
}

bool frame_reader::handler::on_array_end(size_t, code&) {
  if (in_frame_)
    --inner_;
  return true;
}

bool frame_reader::handler::on_object_begin(code&) {
  if (in_frame_) {
    // What is inside an array of the frame is at depth 1.
    if (inner_++ == 1)
      ++current->items;
    return true;
  }
  in_frame_ = true;
  if (count == frames.size())
    frames.emplace_back();
  current = &frames[count++];
  current->kind = frame_kind::other;
  current->id = current->seq = current->useq = current->body_bytes = 0;
  current->items = 0;
  for (auto* s :
       {&current->cid, &current->conv, &current->code, &current->message})
    s->clear();
  return true;
}

bool frame_reader::handler::on_object_end(size_t, code&) {
  if (inner_ > 0)
    --inner_;
  else
    in_frame_ = false;
  return true;
}

bool frame_reader::handler::on_key_part(text part, size_t, code&) {
  if (at_field())
    scratch.append(part.data(), part.size());
  return true;
}

bool frame_reader::handler::on_key(text part, size_t, code&) {
  if (!at_field())
    return true;
  std::string_view name{part.data(), part.size()};
  if (!scratch.empty()) {
    scratch.append(name);
    name = scratch;
  }
  static constexpr std::array<std::pair<std::string_view, field>, 9> names{{
      {"t", field::type},
      {"cid", field::cid},
      {"conv", field::conv},
      {"seq", field::seq},
      {"useq", field::useq},
      {"id", field::id},
      {"body", field::body},
      {"code", field::code},
      {"message", field::message},
  }};
  const auto* found = std::ranges::find(
      names, name, [](const auto& entry) { return entry.first; });
  key = found == names.end() ? field::none : found->second;
  scratch.clear();
  return true;
}

std::string* frame_reader::handler::target() {
  switch (key) {
    case field::type:
      return &scratch;
    case field::cid:
      return &current->cid;
    case field::conv:
      return &current->conv;
    case field::code:
      return &current->code;
    case field::message:
      return &current->message;
    default:
      return nullptr;
  }
}

bool frame_reader::handler::on_string_part(text part, size_t, code&) {
  if (at_field())
    if (auto* s = target())
      s->append(part.data(), part.size());
  return true;
}

bool frame_reader::handler::on_string(text part, size_t size, code&) {
  if (!at_field())
    return true;
  if (auto* s = target())
    s->append(part.data(), part.size());
  if (key == field::type) {
    current->kind = kind_of(scratch);
    scratch.clear();
  } else if (key == field::body) {
    current->body_bytes = size;
  }
  return true;
}

bool frame_reader::handler::on_int64(int64_t value, text digits, code& ec) {
  return on_uint64(static_cast<uint64_t>(std::max<int64_t>(value, 0)), digits,
                   ec);
}

bool frame_reader::handler::on_uint64(uint64_t value, text, code&) {
  if (!at_field())
    return true;
  if (key == field::id)
    current->id = value;
  else if (key == field::seq)
    current->seq = value;
  else if (key == field::useq)
    current->useq = value;
  return true;
}

} // namespace parley::bench
