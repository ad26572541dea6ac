package web

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// rule is one constraint of a tag.
type rule struct {
	broken   func(reflect.Value) bool
	sentence string
}

// unruled are tags that huma would document and nothing would enforce.
var unruled = []string{"multipleOf", "uniqueItems", "minProperties", "maxProperties", "dependentRequired", "timeFormat", "encoding"}

// ruled is a copy of s with the rules of a field's tags. As in huma, those
// about single values are about the items of a list.
func ruled(s *shape, tag reflect.StructTag) (*shape, error) {
	c := *s
	target := &c
	if s.kind == list {
		item := *s.item
		c.item = &item
		target = &item
	}
	for _, name := range unruled {
		if _, ok := tag.Lookup(name); ok {
			return nil, fmt.Errorf("tag %s is not enforced here: use Check", name)
		}
	}
	for _, w := range writers() {
		said, ok := tag.Lookup(w.tag)
		if !ok {
			continue
		}
		on := target
		if w.tag == "minItems" || w.tag == "maxItems" {
			on = &c
		}
		r, err := w.write(on.kind, said)
		if err != nil {
			return nil, fmt.Errorf("tag %s: %w", w.tag, err)
		}
		on.rules = append(on.rules[:len(on.rules):len(on.rules)], r)
	}
	return &c, nil
}

// writer makes a rule of one tag, for values of one kind.
type writer struct {
	tag   string
	write func(k kind, said string) (rule, error)
}

func writers() []writer {
	return []writer{
		{"enum", enumRule},
		{"pattern", patternRule},
		{"format", formatRule},
		{"minLength", lengthRule(func(n, bound int) bool { return n < bound }, "at least")},
		{"maxLength", lengthRule(func(n, bound int) bool { return n > bound }, "at most")},
		{"minItems", itemsRule(func(n, bound int) bool { return n < bound }, "at least")},
		{"maxItems", itemsRule(func(n, bound int) bool { return n > bound }, "at most")},
		{"minimum", boundRule(func(x, bound float64) bool { return x < bound }, "at least")},
		{"maximum", boundRule(func(x, bound float64) bool { return x > bound }, "at most")},
		{"exclusiveMinimum", boundRule(func(x, bound float64) bool { return x <= bound }, "above")},
		{"exclusiveMaximum", boundRule(func(x, bound float64) bool { return x >= bound }, "below")},
	}
}

func enumRule(k kind, said string) (rule, error) {
	if k != text && k != whole {
		return rule{}, errors.New("is for strings and whole numbers")
	}
	allowed := strings.Split(said, ",")
	return rule{
		sentence: "It must be one of: " + strings.Join(allowed, ", ") + ".",
		broken: func(v reflect.Value) bool {
			is := v.String()
			switch {
			case v.CanInt():
				is = strconv.FormatInt(v.Int(), 10)
			case v.CanUint():
				is = strconv.FormatUint(v.Uint(), 10)
			}
			for _, a := range allowed {
				if a == is {
					return false
				}
			}
			return true
		},
	}, nil
}

func patternRule(k kind, said string) (rule, error) {
	re, err := regexp.Compile(said)
	if err != nil || k != text {
		return rule{}, errors.Join(errors.New("is for strings and must compile"), err)
	}
	return rule{
		sentence: "It must match the pattern " + said + " .",
		broken:   func(v reflect.Value) bool { return !re.MatchString(v.String()) },
	}, nil
}

func formatRule(k kind, said string) (rule, error) {
	if k != text || said != "date" {
		return rule{}, fmt.Errorf("%s is not enforced here: use Check", said)
	}
	return rule{
		sentence: "It must be a date such as 2026-01-31.",
		broken: func(v reflect.Value) bool {
			_, err := time.Parse(time.DateOnly, v.String())
			return err != nil
		},
	}, nil
}

func lengthRule(broken func(n, bound int) bool, words string) func(kind, string) (rule, error) {
	return func(k kind, said string) (rule, error) {
		bound, err := strconv.Atoi(said)
		if err != nil || k != text {
			return rule{}, errors.Join(errors.New("is for strings, with a number"), err)
		}
		return rule{
			sentence: fmt.Sprintf("It must have %s %d characters.", words, bound),
			broken:   func(v reflect.Value) bool { return broken(utf8.RuneCountInString(v.String()), bound) },
		}, nil
	}
}

func itemsRule(broken func(n, bound int) bool, words string) func(kind, string) (rule, error) {
	return func(k kind, said string) (rule, error) {
		bound, err := strconv.Atoi(said)
		if err != nil || k != list {
			return rule{}, errors.Join(errors.New("is for lists, with a number"), err)
		}
		return rule{
			sentence: fmt.Sprintf("It must have %s %d items.", words, bound),
			broken:   func(v reflect.Value) bool { return broken(v.Len(), bound) },
		}, nil
	}
}

func boundRule(broken func(x, bound float64) bool, words string) func(kind, string) (rule, error) {
	return func(k kind, said string) (rule, error) {
		bound, err := strconv.ParseFloat(said, 64)
		if err != nil || (k != whole && k != number) {
			return rule{}, errors.Join(errors.New("is for numbers, with a number"), err)
		}
		return rule{
			sentence: "It must be " + words + " " + said + ".",
			broken: func(v reflect.Value) bool {
				switch {
				case v.CanInt():
					return broken(float64(v.Int()), bound)
				case v.CanUint():
					return broken(float64(v.Uint()), bound)
				default:
					return broken(v.Float(), bound)
				}
			},
		}, nil
	}
}
