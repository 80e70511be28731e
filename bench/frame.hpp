#pragma once

#include <boost/json/basic_parser.hpp>
#include <boost/json/error.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

enum class frame_kind : uint8_t {
  other, ///< Known or not, of no interest here.
  hello,
  ready,
  joined, ///< The relay's word for: you are in the group.
  message,
  group,
  ack,
  error,
  reset,
  reconnect,
  presence,
};

/// The fields of one incoming frame that the generator looks at. Absent
/// numbers are 0, absent texts empty.
struct frame {
  frame_kind kind = frame_kind::other;
  uint64_t id = 0;
  uint64_t seq = 0;
  uint64_t useq = 0;
  uint64_t body_bytes = 0;
  uint32_t items = 0; ///< Objects in arrays: whom a `presence` tells of.
  std::string cid;
  std::string conv;
  std::string code;
  std::string message;
};

/// Reads frames, one object or an array of them, without building a tree: the
/// generator must not cost more than what it measures.
class frame_reader {
public:
  frame_reader();

  /// @returns the frames of `text`, valid until the next call; nothing if it
  /// is not JSON of that shape, and then `failed()`.
  std::span<const frame> read(std::string_view text);

  bool failed() const { return failed_; }

private:
  enum class field : uint8_t {
    none,
    type,
    id,
    seq,
    useq,
    body,
    cid,
    conv,
    code,
    message,
  };

  /// The receiver of the parser's events. Only fields of the outer objects
  /// count; what is nested deeper is skipped.
  struct handler {
    static constexpr size_t max_object_size = SIZE_MAX;
    static constexpr size_t max_array_size = SIZE_MAX;
    static constexpr size_t max_key_size = SIZE_MAX;
    static constexpr size_t max_string_size = SIZE_MAX;

    using text = boost::json::string_view;
    using code = boost::json::error_code;

    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_array_begin(code&);
    bool on_array_end(size_t, code&);
    bool on_object_begin(code&);
    bool on_object_end(size_t, code&);
    bool on_key_part(text part, size_t, code&);
    bool on_key(text part, size_t, code&);
    bool on_string_part(text part, size_t, code&);
    bool on_string(text part, size_t size, code&);
    bool on_number_part(text, code&) { return true; }
    bool on_int64(int64_t value, text, code&);
    bool on_uint64(uint64_t value, text, code&);
    bool on_double(double, text, code&) { return true; }
    bool on_bool(bool, code&) { return true; }
    bool on_null(code&) { return true; }
    bool on_comment_part(text, code&) { return true; }
    bool on_comment(text, code&) { return true; }

    void begin();
    bool at_field() const { return inner_ == 0 && in_frame_; }
    std::string* target();

    std::vector<frame> frames; ///< Kept for their memory; `count` are in use.
    size_t count = 0;
    frame* current = nullptr;
    std::string scratch;
    field key = field::none;
    uint32_t inner_ = 0; ///< Depth below the fields of a frame.
    bool in_frame_ = false;
    bool in_array_ = false;
  };

  boost::json::basic_parser<handler> parser_;
  bool failed_ = false;
};

} // namespace parley::bench
