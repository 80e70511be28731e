#include "protocol/object_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <charconv>
#include <functional>
#include <string>

namespace parley::protocol {

namespace {

namespace json = boost::json;
using json::error_code;

/// What Boost.JSON's parser calls, value by value. Known members of the
/// objects go into `fields`, everything else is passed over without a copy.
class handler {
public:
  // All bounds follow from the frame's.
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);

  handler(std::string_view text, shape allowed, object_sink& to)
      : text_(text), allowed_(allowed), to_(to) {}

  std::string_view failure() const noexcept { return failure_; }

  /// The string that is being read, or a later part of it, is not text.
  void mark_unpaired() noexcept { fields_.mark_unpaired(); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) {
    switch (at_) {
      case place::top:
      case place::elements:
        fields_.clear();
        at_ = place::members;
        return count(ec);
      default:
        return nested();
    }
  }

  bool on_object_end(size_t, error_code&) {
    if (at_ != place::members)
      return end_nested();
    to_.object(fields_);
    at_ = in_array_ ? place::elements : place::top;
    return true;
  }

  bool on_array_begin(error_code& ec) {
    switch (at_) {
      case place::top:
        if (allowed_ != shape::object_or_array)
          return fail(ec, "expected a JSON object");
        in_array_ = true;
        at_ = place::elements;
        return true;
      case place::elements:
        to_.other();
        return count(ec) && nested();
      case place::members:
        if (current_ && fields_.open_list(*current_)) {
          at_ = place::list;
          return true;
        }
        return nested();
      default:
        return nested();
    }
  }

  bool on_array_end(size_t, error_code& ec) {
    switch (at_) {
      case place::list:
        at_ = place::members;
        return true;
      case place::elements:
        at_ = place::top;
        return counted_ != 0 || fail(ec, "expected at least one request");
      default:
        return end_nested();
    }
  }

  bool on_key_part(std::string_view part, size_t, error_code&) {
    if (at_ == place::members)
      gather(part);
    return true;
  }

  bool on_key(std::string_view last, size_t, error_code&) {
    if (at_ == place::members)
      current_ = field_named(whole(last));
    return true;
  }

  bool on_string_part(std::string_view part, size_t, error_code&) {
    if ((at_ == place::members && current_) || at_ == place::list)
      gather(part);
    return true;
  }

  bool on_string(std::string_view last, size_t, error_code& ec) {
    if (at_ == place::list) {
      fields_.add_to_list(*current_, whole(last));
      return true;
    }
    if (at_ == place::members && current_)
      fields_.put(*current_, {.is = kind::text, .text = whole(last)});
    return scalar(ec);
  }

  bool on_number_part(std::string_view, error_code&) { return true; }

  bool on_int64(int64_t x, std::string_view, error_code& ec) {
    return put({.is = kind::integer, .number = x}, ec);
  }

  bool on_uint64(uint64_t, std::string_view, error_code& ec) {
    return put({.is = kind::other}, ec); // Beyond every range there is.
  }

  bool on_double(double, std::string_view, error_code& ec) {
    return put({.is = kind::other}, ec);
  }

  bool on_bool(bool x, error_code& ec) {
    return put({.is = kind::boolean, .flag = x}, ec);
  }

  bool on_null(error_code& ec) { return put({.is = kind::null}, ec); }

  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }

private:
  using kind = field_value::kind;

  /// Where in the text the parser is.
  enum class place : uint8_t {
    top,
    elements, ///< Of the outer array.
    members,  ///< Of an object that the sink will get.
    list,     ///< A member's value.
    nested,   ///< Something deeper that nobody asks for.
  };

  bool fail(error_code& ec, std::string_view why) {
    failure_ = why;
    ec = json::error::syntax;
    return false;
  }

  bool count(error_code& ec) {
    return ++counted_ <= limits::requests_per_frame_max
           || fail(ec, "expected at most 256 requests in a frame");
  }

  bool put(const field_value& x, error_code& ec) {
    if (at_ == place::members && current_)
      fields_.put(*current_, x);
    else if (at_ == place::list)
      fields_.put(*current_, {.is = kind::other});
    return scalar(ec);
  }

  /// What a value that is no object means at the outer levels.
  bool scalar(error_code& ec) {
    if (at_ == place::top)
      return fail(ec, "expected a JSON object");
    if (at_ != place::elements)
      return true;
    to_.other();
    return count(ec);
  }

  bool nested() {
    if (at_ != place::nested) {
      if (at_ != place::elements && current_)
        fields_.put(*current_, {.is = kind::other});
      outside_ = at_;
      at_ = place::nested;
    }
    ++depth_;
    return true;
  }

  bool end_nested() {
    if (--depth_ == 0)
      at_ = outside_;
    return true;
  }

  /// Keeps a part of a string. Parts are never longer than the text that they
  /// came from, so that one reservation does and earlier views stay good.
  void gather(std::string_view part) {
    if (!gathering_) {
      unescaped_.reserve(text_.size());
      start_ = unescaped_.size();
      gathering_ = true;
    }
    unescaped_.append(part);
  }

  /// The string that ends with `last`: a view of the text if it came in one
  /// part and without an escape.
  std::string_view whole(std::string_view last) {
    if (!gathering_ && is_in_text(last))
      return last;
    gather(last);
    gathering_ = false;
    return std::string_view{unescaped_}.substr(start_);
  }

  bool is_in_text(std::string_view x) const noexcept {
    auto less_equal = std::less_equal<const char*>{};
    return less_equal(text_.data(), x.data())
           && less_equal(x.data() + x.size(), text_.data() + text_.size());
  }

  std::string_view text_;
  shape allowed_;
  object_sink& to_;
  place at_ = place::top;
  place outside_ = place::top; ///< Of what is nested.
  size_t depth_ = 0;           ///< Of what is nested.
  bool in_array_ = false;
  size_t counted_ = 0; ///< Elements of the array.
  std::optional<field> current_;
  fields fields_;
  std::string unescaped_;
  size_t start_ = 0; ///< Of the string that is being gathered.
  bool gathering_ = false;
  std::string_view failure_;
};

using parser = json::basic_parser<handler>;

json::parse_options options() {
  json::parse_options out;
  out.max_depth = limits::json_depth_max;
  out.allow_invalid_utf8 = true; // Whoever calls has validated it.
  return out;
}

/// The four hexadecimal digits of a `\u` escape at `at`, if it is one.
std::optional<unsigned> unicode_escape(std::string_view text, size_t at) {
  constexpr size_t length = 6;
  if (text.size() - at < length || text[at] != '\\' || text[at + 1] != 'u')
    return std::nullopt;
  unsigned unit = 0;
  auto end = text.data() + at + length;
  auto [rest, failed] = std::from_chars(text.data() + at + 2, end, unit, 16);
  if (failed != std::errc{} || rest != end)
    return std::nullopt;
  return unit;
}

/// The next escape at or after `at` that is half of a surrogate pair without
/// the other, or npos.
size_t find_unpaired(std::string_view text, size_t at) {
  for (;;) {
    at = text.find('\\', at);
    if (at == std::string_view::npos)
      return at;
    auto unit = unicode_escape(text, at);
    if (!unit) {
      at += 2; // A short escape; the character after it may be a backslash.
      continue;
    }
    if (*unit >= 0xdc00 && *unit <= 0xdfff)
      return at;
    at += 6;
    if (*unit < 0xd800 || *unit > 0xdbff)
      continue;
    auto next = at < text.size() ? unicode_escape(text, at) : std::nullopt;
    if (!next || *next < 0xdc00 || *next > 0xdfff)
      return at - 6;
    at += 6;
  }
}

std::string_view failure_of(const parser& from, error_code ec) {
  if (!from.handler().failure().empty())
    return from.handler().failure();
  if (ec == json::error::too_deep)
    return "nested too deep";
  return "not valid JSON";
}

/// Reads in pieces: each unpaired escape is read as U+FFFD, and the object
/// that holds it is marked.
std::string_view read_replacing(std::string_view text, shape allowed,
                                object_sink& to) {
  constexpr std::string_view replacement = "\\ufffd";
  parser read{options(), text, allowed, to};
  error_code ec;
  auto feed = [&](std::string_view piece, bool more) {
    return read.write_some(more, piece.data(), piece.size(), ec) == piece.size()
           && !ec;
  };
  size_t done = 0;
  auto at = find_unpaired(text, 0);
  for (; at != std::string_view::npos; at = find_unpaired(text, done)) {
    if (!feed(text.substr(done, at - done), true) || !feed(replacement, true))
      return failure_of(read, ec);
    read.handler().mark_unpaired();
    done = at + replacement.size();
  }
  if (!feed(text.substr(done), false))
    return failure_of(read, ec);
  return {};
}

} // namespace

std::optional<field> field_named(std::string_view name) noexcept {
  // Where the names of each length begin.
  static constexpr auto begins = [] {
    std::array<uint8_t, 16> out{};
    for (size_t length = 0; length < out.size(); ++length)
      for (auto& each : field_names)
        out[length] =
            static_cast<uint8_t>(out[length] + (each.size() < length ? 1 : 0));
    return out;
  }();
  if (name.size() + 1 >= begins.size())
    return std::nullopt;
  for (size_t i = begins[name.size()]; i < begins[name.size() + 1]; ++i)
    if (field_names[i] == name)
      return static_cast<field>(i);
  return std::nullopt;
}

std::string_view read_objects(std::string_view text, shape allowed,
                              object_sink& to) {
  parser read{options(), text, allowed, to};
  error_code ec;
  auto used = read.write_some(false, text.data(), text.size(), ec);
  if (!ec && used == text.size())
    return {};
  if (find_unpaired(text, 0) == std::string_view::npos)
    return failure_of(read, ec);
  to.restart();
  return read_replacing(text, allowed, to);
}

} // namespace parley::protocol
